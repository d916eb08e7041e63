import RekindleOutreach
import Testing

@Suite("Offers")
struct OfferTests {
  @Test("Texts are read, and written back")
  func texts() {
    for text in ["25%", "12.5%", "7%", "200-50", "50"] {
      #expect(Offer(text)?.description == text)
    }
    for text in ["", "%", "a-b", "200-50-1", "fifty"] { #expect(Offer(text) == nil) }
  }

  @Test("An amount is as deep as the smallest order it is taken off")
  func depth() {
    #expect(Offer(.share(0.25)).depth(basket: .nan) == 0.25)
    #expect(Offer(.amount(50, minimum: 200)).depth(basket: 1000) == 0.25)
    #expect(Offer(.amount(50, minimum: 0)).depth(basket: 100) == 0.5)
    #expect(Offer(.amount(50, minimum: 0)).depth(basket: .nan).isNaN)
  }
}
