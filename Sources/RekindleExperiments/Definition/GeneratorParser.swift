internal import RekindleCore

/// Reads the generators of a fraction and sees to it that they can hold together.
struct GeneratorParser {
  struct Generator {
    /// The factor that is set.
    var factor: Int
    var product: FractionalFactorial.Term
    var sign: Int
  }

  let factors: [Experiment.Factor]
  /// Where the project file has them.
  let key: String?

  /// Cells and words beyond this cannot sensibly be listed.
  private static let most = 4096

  /// Throws `RK0805`, and `RK0801` for what is too large.
  func parse(_ texts: [String]) throws(Diagnostic) -> [Generator] {
    guard !texts.isEmpty else { throw wrong("a fraction has no generator", "give one, or run all cells") }
    if let factor = factors.first(where: { $0.levels.count != 2 }) {
      throw wrong(
        "the factor \"\(factor.name)\" has \(factor.levels.count) levels, and a fraction needs two of each",
        "leave the generators out, or two levels of the factor in")
    }
    var generators: [Generator] = []
    for text in texts { generators.append(try parse(text)) }
    for (place, generator) in generators.enumerated() {
      let name = factors[generator.factor].name
      if generators[..<place].contains(where: { $0.factor == generator.factor }) {
        throw wrong("\"\(name)\" is set by two generators", "keep one of them")
      }
      // Products of free factors alone: generators then never contradict one another.
      if let other = generators.first(where: { generator.product.factors.contains($0.factor) }) {
        throw wrong(
          "\"\(texts[place])\" makes use of \"\(factors[other.factor].name)\", which a generator sets",
          "set factors by those that no generator sets")
      }
    }
    let free = factors.count - generators.count
    guard factors.count < 63, 1 << free <= Self.most, 1 << generators.count <= Self.most else {
      throw Diagnostic(
        "RK0801", "a fraction of \(factors.count) factors and \(texts.count) generators is too large",
        key: key, help: "no more than \(Self.most) cells, and as many words of the defining relation")
    }
    return generators
  }

  private func parse(_ text: String) throws(Diagnostic) -> Generator {
    let sides = text.split(separator: "=", omittingEmptySubsequences: false).map(trimmed)
    guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else {
      throw wrong("\"\(text)\" is not a generator", "write it as NAME = NAME*NAME")
    }
    let negative = sides[1].hasPrefix("-") || sides[1].hasPrefix("−")
    let names = try productNames(negative ? trimmed(sides[1].dropFirst()) : sides[1])
    let factor = try place(of: sides[0])
    var mask: UInt64 = 0
    for name in names {
      let bit: UInt64 = 1 << UInt64(try place(of: name))
      if mask & bit != 0 {
        throw wrong("\"\(name)\" stands twice in \"\(text)\"", "a factor times itself is 1: leave both out")
      }
      mask |= bit
    }
    guard mask >> UInt64(factor) & 1 == 0 else {
      throw wrong("\"\(text)\" sets \"\(sides[0])\" by itself", "set it by other factors")
    }
    return Generator(factor: factor, product: .init(mask: mask), sign: negative ? -1 : 1)
  }

  /// `A*B*C`, or `ABC` where that is no factor and every letter is one.
  private func productNames(_ text: String) throws(Diagnostic) -> [String] {
    let names = text.split(separator: "*", omittingEmptySubsequences: false).map(trimmed)
    if names.count == 1, !factors.contains(where: { $0.name == text }) {
      let letters = text.map(String.init)
      if letters.allSatisfy({ letter in factors.contains { $0.name == letter } }) { return letters }
    }
    return names
  }

  private func place(of name: String) throws(Diagnostic) -> Int {
    guard let place = factors.firstIndex(where: { $0.name == name }) else {
      let names = factors.map(\.name)
      throw Diagnostic(
        "RK0805", "\"\(name)\" in a generator is not a factor", key: key,
        hint: nearMatch(of: name, among: names).map { "did you mean \"\($0)\"?" },
        notes: ["factors: " + names.joined(separator: ", ")], help: "write it as NAME = NAME*NAME")
    }
    return place
  }

  private func trimmed(_ text: some StringProtocol) -> String {
    var part = Substring(text)
    while part.first?.isWhitespace == true { part.removeFirst() }
    while part.last?.isWhitespace == true { part.removeLast() }
    return String(part)
  }

  private func wrong(_ message: String, _ help: String) -> Diagnostic {
    Diagnostic("RK0805", message, key: key, help: help)
  }
}
