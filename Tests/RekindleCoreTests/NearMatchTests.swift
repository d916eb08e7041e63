import RekindleCore
import Testing

@Suite struct NearMatchTests {
  @Test func aSlipIsFound() {
    let columns = ["order_ts", "customer_id", "amount"]
    #expect(nearMatch(of: "custmer_id", among: columns) == "customer_id")
    #expect(nearMatch(of: "AMOUNT", among: columns) == "amount")
    #expect(nearMatch(of: "amuont", among: columns) == "amount")
    #expect(nearMatch(of: "order_st", among: columns) == "order_ts")
  }

  @Test func nothingNearIsNothing() {
    #expect(nearMatch(of: "postcode", among: ["customer_id", "amount"]) == nil)
    #expect(nearMatch(of: "x", among: []) == nil)
  }

  @Test func tiesGoToTheEarliest() {
    #expect(nearMatch(of: "cat", among: ["bat", "hat"]) == "bat")
  }
}
