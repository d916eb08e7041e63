import RekindleBehaviour
import RekindleChurn
import RekindleCore
import RekindleEvents
import RekindleTables
import Testing

@Suite struct ModelFileTests {
  let model: ChurnModel
  let bytes: [UInt8]

  init() throws {
    model = try ModelTrainer(specification: TrainingSpecification(lambda: 0.01)).fit(
      training: rows(500, seed: 1, at: "2024-01-01"), test: rows(500, seed: 2, at: "2024-03-01"),
      definitions: [definition("a"), definition("b"), definition("days", .spline)],
      context: .init(
        windows: windows, constants: ["population_median(x)": 1.5, "population_mean(y)": .nan],
        schema: [SchemaKind(kind: "purchase", attributes: [.init(name: "value", type: "number")])]))
    bytes = try model.document()
  }

  func damaged(_ part: String, _ other: String) -> String? {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let range = text.firstRange(of: part) else { return "\(part) is not in the file" }
    return code { _ = try ChurnModel(document: Array(text.replacingCharacters(in: range, other).utf8)) }
  }

  @Test func whatIsReadIsWhatWasWritten() throws {
    var read = try ChurnModel(document: bytes)
    #expect(read.checksum.count == 8)
    #expect(try read.document() == bytes)
    read.checksum = ""
    // NaN constants are not equal to themselves; everything else is.
    #expect(read.populationConstants["population_mean(y)"]?.isNaN == true)
    #expect(read == model)
  }

  @Test func damageIsNamed() {
    #expect(code { _ = try ChurnModel(document: Array(bytes.dropLast(bytes.count / 2))) } == "RK0502")
    #expect(code { _ = try ChurnModel(document: Array("not json".utf8)) } == "RK0502")
    #expect(code { _ = try ChurnModel(document: []) } == "RK0502")
    #expect(damaged("\"format\" : 1", "\"format\" : 99") == "RK0503")
    #expect(damaged("\"lambda\" : 0.01", "\"lambda\" : 0.02") == "RK0504")
    #expect(damaged("\"coefficients\"", "\"coeficients\"") == "RK0502")
    #expect(damaged("\"high\" : 0.6", "\"high\" : \"much\"") == "RK0502")
  }

  @Test func contradictionsAreNamedEvenUnderAValidChecksum() throws {
    var short = model
    short.coefficients.removeLast()
    #expect(code { _ = try ChurnModel(document: try short.document()) } == "RK0505")
    var bands = model
    bands.bands = RiskBands(high: 0.1, medium: 0.9)
    #expect(code { _ = try ChurnModel(document: try bands.document()) } == "RK0505")
    var strange = model
    strange.preparation.columns[0].deviation = 0
    #expect(code { _ = try ChurnModel(document: try strange.document()) } == "RK0505")
    var infinite = model
    infinite.coefficients[1].estimate = .infinity
    #expect(code { _ = try infinite.document() } == "RK0501")
  }

  @Test func anotherSchemaIsRefusedWithTheDifference() throws {
    func refusal(_ events: [Event], _ calendar: CivilCalendar = .utc) -> [String] {
      do throws(Diagnostic) {
        try model.verify(EventLog(events: events, calendar: calendar))
        return []
      } catch {
        #expect(error.code == "RK0506")
        return error.notes
      }
    }
    let time = day("2024-01-01")
    #expect(
      refusal([Event(customer: "a", kind: "purchase", time: time, attributes: ["value": .number(1)])]) == [])
    #expect(
      refusal([Event(customer: "a", kind: "visit", time: time)]) == ["no events of the kind \"purchase\""])
    #expect(
      refusal([Event(customer: "a", kind: "purchase", time: time)])
        == ["purchase has no attribute \"value\" (number)"])
    #expect(
      refusal([Event(customer: "a", kind: "purchase", time: time, attributes: ["value": .category("x")])])
        == ["purchase.value is a category; the model has a number"])
    let berlin = try CivilCalendar(timeZone: "Europe/Berlin")
    #expect(
      refusal([Event(customer: "a", kind: "purchase", time: time, attributes: ["value": .number(1)])], berlin)
        .count == 1)
  }
}

extension String {
  fileprivate func replacingCharacters(in range: Range<String.Index>, _ other: String) -> String {
    String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
  }
}
