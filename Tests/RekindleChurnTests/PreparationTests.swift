import Foundation
import RekindleBehaviour
import RekindleChurn
import RekindleNumerics
import Testing

@Suite struct PreparationTests {
  @Test func columnsAreStandardisedAndFrozen() throws {
    let values = (0..<200).map { Double($0) }
    let training = table([("x", .number(values))])
    let preparation = try Preparation(fitting: training, definitions: [definition("x")])
    let matrix = try preparation.matrix(training)
    let column = (0..<200).map { matrix[$0, 0] }
    #expect(abs(column.reduce(0, +)) < 1e-10)
    #expect(close(column.reduce(0) { $0 + $1 * $1 } / 200, 1))
    // Winsorised at the 0.5 % and 99.5 % points of type 7.
    #expect(close(preparation.features[0].low, 199 * 0.005))
    #expect(close(preparation.features[0].high, 199 * 0.995))
    let later = try preparation.matrix(table([("x", .number([1e9, 198.5, -5, .nan]))]))
    #expect(later[0, 0] == later[1, 0])
    #expect(later[2, 0] == column[0])
    #expect(later[3, 0] == 0)
  }

  @Test func plainLeavesValuesAsTheyAre() throws {
    let training = table([("x", .number([0, 3, 8, -3])), ("f", .flag([0, 1, 1, 0]))])
    let preparation = try Preparation(
      fitting: training, definitions: [definition("x", .log1p), definition("f")], style: .plain)
    let matrix = try preparation.matrix(training)
    #expect(matrix.storage == [0, 0, log1p(3), 1, log1p(8), 1, -log1p(3), 0])
    #expect(preparation.columns.map(\.name) == ["log1p(x)", "f"])
  }

  @Test func probabilitiesAreTakenOnTheScaleOfLogOdds() throws {
    let training = table([("p", .number([0, 0.25, 0.5, 1, .nan]))])
    let preparation = try Preparation(
      fitting: training, definitions: [definition("p", .logit)], style: .plain)
    let matrix = try preparation.matrix(training)
    #expect(preparation.columns.map(\.name) == ["logit(p)"])
    #expect(close(matrix[1, 0], log(1.0 / 3)) && matrix[2, 0] == 0)
    // Certainty has no log odds: it is held a millionth away.
    #expect(close(matrix[3, 0], log(999_999), 1e-9) && close(matrix[0, 0], -log(999_999), 1e-9))
  }

  @Test func featuresMissingTogetherShareOneIndicator() throws {
    let gaps = (0..<60).map { index -> Double in index % 3 == 0 ? .nan : Double(index) }
    let other = (0..<60).map { index -> Double in index % 3 == 0 ? .nan : Double(60 - index * index) }
    let visits = (0..<60).map { index -> Double in index < 20 ? .nan : Double(index % 7) }
    let few = (0..<60).map { index -> Double in index < 3 ? .nan : Double(index % 5) }
    let training = table([
      ("gap", .number(gaps)), ("trend", .number(other)), ("visits", .number(visits)), ("few", .number(few)),
    ])
    let preparation = try Preparation(
      fitting: training,
      definitions: [definition("gap"), definition("trend"), definition("visits"), definition("few")])
    #expect(
      preparation.columns.map(\.name) == ["gap", "trend", "visits", "few", "missing_gap", "missing_visits"])
    let matrix = try preparation.matrix(training)
    #expect(matrix[0, 0] == 0)
    #expect(matrix[0, 4] > 0)
    #expect(matrix[1, 4] < 0)
  }

  @Test func rareLevelsArePooledAndUnseenOnesJoinThem() throws {
    let words =
      [String](repeating: "web", count: 250) + [String](repeating: "shop", count: 147) + [
        "fax", "phone", "phone",
      ]
    let dictionary = ["fax", "phone", "shop", "web"]
    let codes = words.map { word in Int32(dictionary.firstIndex(of: word) ?? -1) }
    let training = table([("channel", .category(codes: codes, dictionary: dictionary))])
    let preparation = try Preparation(fitting: training, definitions: [definition("channel")], style: .plain)
    #expect(preparation.features[0].reference == "web")
    #expect(preparation.columns.map(\.name) == ["channel=shop", "channel=(rare)"])
    let matrix = try preparation.matrix(
      table([("channel", .category(codes: [0, 1, 2, -1], dictionary: ["pigeon", "web", "shop"]))]))
    #expect(Array(matrix.storage.prefix(6)) == [0, 1, 0, 0, 1, 0])
    // Missing takes the shares of training.
    #expect(close(matrix[3, 0], 147.0 / 400))
  }

  @Test func theSplineIsSmoothAndLinearOutside() throws {
    var numbers = Numbers(seed: 3)
    let values = (0..<300).map { _ in numbers.next() * 100 }
    let preparation = try Preparation(
      fitting: table([("x", .number(values))]), definitions: [definition("x", .spline)], style: .plain)
    #expect(preparation.columns.count == 3)
    let knots = preparation.features[0].knots
    let matrix = try preparation.matrix(
      table([("x", .number([knots[3], knots[3] + 10, knots[3] + 20, knots[0], knots[0] - 10]))]))
    for part in 0..<3 {
      #expect(
        close(matrix[1, part] - matrix[0, part], matrix[2, part] - matrix[1, part], 1e-9),
        "part \(part) bends beyond the last knot")
    }
    #expect(matrix[3, 1] == 0)
    #expect(matrix[4, 1] == 0)
    let fallback = try Preparation(
      fitting: table([("x", .number([0, 0, 0, 0, 0, 1]))]), definitions: [definition("x", .spline)])
    #expect(fallback.columns.map(\.name) == ["x"])
  }

  @Test func constantsAreLeftOutAndNamed() throws {
    let training = table([
      ("same", .number([2, 2, 2])), ("none", .number([.nan, .nan, .nan])), ("x", .number([1, 2, 3])),
    ])
    let definitions = [definition("same"), definition("none"), definition("x")]
    let preparation = try Preparation(fitting: training, definitions: definitions)
    #expect(preparation.dropped == ["same", "none"])
    #expect(preparation.columns.map(\.name) == ["x"])
    #expect(code { _ = try Preparation(fitting: training, definitions: [definition("same")]) } == "RK0412")
    #expect(code { _ = try Preparation(fitting: training, definitions: [definition("y")]) } == "RK0411")
    #expect(code { _ = try preparation.matrix(table([("y", .number([1]))])) } == "RK0510")
    #expect(
      code { _ = try preparation.matrix(table([("x", .category(codes: [0], dictionary: ["1"]))])) }
        == "RK0510")
  }
}
