import Rekindle
import Testing

@Suite struct ProjectFileTests {
  private static let source = "  orders: {file: orders.csv, kind: purchase, customer: id, time: at}\n"

  private func parse(_ rest: String, sources: String = ProjectFileTests.source) throws -> ProjectFile {
    try ProjectFile(text: "rekindle: 1\nsources:\n" + sources + rest, path: "shop/rekindle.yaml")
  }

  private func refusal(
    _ rest: String, sources: String = ProjectFileTests.source,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Diagnostic {
    try #require(throws: Diagnostic.self, sourceLocation: sourceLocation) {
      try parse(rest, sources: sources)
    }
  }

  /// The text of a place's line that the caret stands under.
  private func underlined(_ diagnostic: Diagnostic) -> String? {
    guard let place = diagnostic.place, let text = place.text, let column = place.column else { return nil }
    return String(text.dropFirst(column - 1).prefix(place.length))
  }

  @Test func defaults() throws {
    let file = try parse("")
    #expect(file.timeZone == "UTC")
    #expect(file.currency == nil)
    #expect(file.features.sets == ["retail"] && file.features.added.isEmpty && file.features.removed.isEmpty)
    #expect(file.churn.activity == "purchase")
    #expect(file.churn.horizon == .auto)
    #expect(file.churn.eligible == nil && file.churn.label == nil && file.churn.logEnd == nil)
    #expect(file.snapshots == .count(6, everyDays: 30))
    #expect(file.training == TrainingSpecification())
    #expect(file.training.penalty == .ridge && file.training.lambda == nil && file.training.folds == 5)
    #expect(file.bands == RiskBands())
    let source = try #require(file.sources.first).definition
    #expect(
      source
        == SourceDefinition(
          location: .files(["orders.csv"]), kind: .constant("purchase"), customer: "id", time: .init("at")))
  }

  @Test func everyKeyOfASource() throws {
    let file = try parse(
      "",
      sources: """
          orders:
            file: [a.csv, "b*.csv"]
            format: tsv
            encoding: gb18030
            header: false
            columns: [a, b, c]
            delimiter: "\\t"
            decimal: ","
            thousands: "."
            kind: {column: a, map: {buy: purchase, 1: visit}, other: quarantine}
            customer: 00042
            time: {column: b, format: "%d/%m/%Y %H:%M", time_zone: Asia/Shanghai}
            recorded: c
            value: amount
            attributes:
              category: product_category
              quantity: {column: qty, type: number}
              gift: {type: flag}
            negative: keep
            duplicates: drop
            same_day: merge
            quarantine_limit: 0.5

        """)
    let source = try #require(file.sources.first).definition
    #expect(
      source
        == SourceDefinition(
          location: .files(["a.csv", "b*.csv"]), format: .tsv, encoding: "gb18030",
          header: .absent(columns: ["a", "b", "c"]), delimiter: "\t", decimal: ",", thousands: ".",
          kind: .column("a", map: ["buy": "purchase", "1": "visit"], other: .quarantine), customer: "00042",
          time: .init("b", format: "%d/%m/%Y %H:%M", timeZone: "Asia/Shanghai"), recorded: .init("c"),
          value: "amount",
          attributes: [
            .init("category", column: "product_category"), .init("quantity", column: "qty", type: .number),
            .init("gift", column: "gift", type: .flag),
          ], negative: .keep, duplicates: .drop, sameDay: .merge, quarantineLimit: 0.5))
  }

  @Test func databases() throws {
    let rest = "kind: purchase, customer: id, time: at}\n"
    func location(_ text: String) throws -> SourceDefinition.Location? {
      try parse("", sources: "  a: {\(text), \(rest)").sources.first?.definition.location
    }
    #expect(try location("database: shop.sqlite, table: orders") == .table("orders", database: "shop.sqlite"))
    #expect(
      try location("database: \"postgresql://db/shop\", query: SELECT 1")
        == .query("SELECT 1", database: "postgresql://db/shop"))
    #expect(try location("query: SELECT 1") == .query("SELECT 1", database: nil))
    #expect(
      try refusal("", sources: "  a: {database: shop.sqlite, \(rest)").message == "sources.a has no \"table\""
    )
    #expect(try refusal("", sources: "  a: {\(rest)").message == "sources.a has no \"file\"")
  }

  @Test func everyOtherKey() throws {
    let file = try parse(
      """
      time_zone: Europe/Berlin
      currency: EUR
      features:
        sets: []
        add: {orders: count(purchase)}
        remove: [net_365]
      churn:
        activity: visit
        horizon: 12w
        eligible: count(visit, last 30d) >= 2
        label: count(visit, next {horizon}) == 0
        log_end: 2026-01-01
      training: {snapshots: 4, every: 2w, penalty: elastic_net, lambda: 0.5, l1_ratio: 0.25, folds: 3, seed: 9, preparation: plain}
      bands: {high: 0.7, medium: 0.2}
      """)
    #expect(file.timeZone == "Europe/Berlin")
    #expect(file.currency == "EUR")
    #expect(file.features.sets.isEmpty && file.features.removed == ["net_365"])
    #expect(file.features.added.map(\.definition.name) == ["orders"])
    #expect(file.churn.activity == "visit")
    #expect(file.churn.horizon == .days(84))
    #expect(file.churn.eligible?.text == "count(visit, last 30d) >= 2")
    #expect(file.churn.label?.text == "count(visit, next {horizon}) == 0")
    #expect(file.churn.logEnd?.description == "2026-01-01")
    #expect(file.snapshots == .count(4, everyDays: 14))
    #expect(file.training.penalty == .elasticNet)
    #expect(file.training.lambda == 0.5 && file.training.l1Ratio == 0.25)
    #expect(file.training.folds == 3 && file.training.seed == 9 && file.training.preparation == .plain)
    #expect(file.bands.high == 0.7 && file.bands.medium == 0.2)
    let dated = try parse("training: {snapshots: [2025-01-01, 2025-06-01]}\n")
    guard case .given(let days) = dated.snapshots else {
      Issue.record("a list of dates gives them")
      return
    }
    #expect(days.map(\.description) == ["2025-01-01", "2025-06-01"])
  }

  @Test func templatesGiveAFeatureAWindow() throws {
    let file = try parse(
      """
      features:
        add:
          orders_{7,30}d: count(purchase, last {}d)
          spend_{30}d: {formula: "sum(purchase.value, last {}d)", unit: currency, transform: log1p, reason: "spent {value}"}
      """)
    #expect(file.features.added.map(\.definition.name) == ["orders_7d", "orders_30d", "spend_30d"])
    #expect(file.features.added.map(\.definition.expression.description)[1] == "count(purchase, last 30d)")
    let spend = try #require(file.features.added.last).definition
    #expect(spend.unit == "currency" && spend.transform == .log1p && spend.reason == "spent {value}")
  }

  /// A caret stands under what is wrong, in whichever way the formula is quoted.
  @Test(arguments: [
    "    f: count(purchase, last 90x)", "    f: \"count(purchase, last 90x)\"",
    "    f: 'count(purchase, last 90x)'", "    f: {formula: \"count(purchase, last 90x)\"}",
  ])
  func caretsInFormulas(line: String) throws {
    let error = try refusal("features:\n  add:\n\(line)\n")
    #expect(error.code.hasPrefix("RK03"))
    #expect(error.place?.file == "shop/rekindle.yaml")
    #expect(error.place?.line == 6)
    #expect(error.place?.text == line)
    #expect(underlined(error)?.hasPrefix("90x") == true, "\(error)")
  }

  /// A folded formula does not stand in one line of the file: the formula itself is shown.
  @Test func foldedFormulas() throws {
    let error = try refusal("features:\n  add:\n    f: >-\n      count(purchase,\n      last 90x)\n")
    #expect(error.place?.text == "count(purchase, last 90x)")
    #expect(underlined(error)?.hasPrefix("90x") == true)
  }

  @Test func unknownKeys() throws {
    for (rest, word, near) in [
      ("churns: {}\n", "churns", "churn"), ("churn: {horizn: 30d}\n", "horizn", "horizon"),
      ("training: {fold: 3}\n", "fold", "folds"), ("bands: {hihg: 0.5}\n", "hihg", "high"),
      ("features: {set: []}\n", "set", "sets"),
      ("features: {add: {f: {formulae: x}}}\n", "formulae", "formula"),
    ] {
      let error = try refusal(rest)
      #expect(error.code == "RK0602")
      #expect(underlined(error) == word)
      #expect(error.hint == "did you mean \"\(near)\"?")
      #expect(error.place?.line == 4)
    }
  }

  @Test func valuesOfTheWrongForm() throws {
    for (rest, found) in [
      ("time_zone: Europe/Berln\n", "Europe/Berln"), ("churn: {horizon: soon}\n", "soon"),
      ("churn: {horizon: 0d}\n", "0d"), ("churn: {log_end: 1/2/2025}\n", "1/2/2025"),
      ("training: {snapshots: 1}\n", "1"), ("training: {penalty: rigde}\n", "rigde"),
      ("training: {lambda: -1}\n", "-1"), ("training: {lambda: nan}\n", "nan"),
      ("training: {l1_ratio: 2}\n", "2"), ("training: {seed: -1}\n", "-1"), ("training: {folds: 1}\n", "1"),
      ("features: {sets: [retial]}\n", "retial"),
    ] {
      let error = try refusal(rest)
      #expect(underlined(error) == found, "\(error)")
      #expect(error.place?.line == 4)
    }
    #expect(try refusal("training: {penalty: rigde}\n").hint == "did you mean \"ridge\"?")
    #expect(try refusal("bands: {high: 0.2, medium: 0.3}\n").code == "RK0603")
    #expect(try refusal("training: {snapshots: [2025-06-01, 2025-01-01]}\n").code == "RK0603")
    #expect(try refusal("training: {snapshots: [2025-01-01, 2025-06-01], every: 30d}\n").code == "RK0603")
  }

  @Test func valuesOfSources() throws {
    let rest = "customer: id, time: at}\n"
    for (text, found) in [
      ("  a: {file: a, kind: Purchase, \(rest)", "Purchase"), ("  a: {file: a, kind: 1st, \(rest)", "1st"),
      ("  a: {file: a, kind: x, header: maybe, \(rest)", "maybe"),
      ("  a: {file: a, kind: x, delimiter: ab, \(rest)", "ab"),
      ("  a: {file: a, kind: x, format: xlsx, \(rest)", "xlsx"),
      ("  a: {file: a, kind: x, quarantine_limit: 2, \(rest)", "2"),
      ("  a: {file: a, kind: x, attributes: {b: {type: nubmer}}, \(rest)", "nubmer"),
    ] {
      let error = try refusal("", sources: text)
      #expect(error.code == "RK0603")
      #expect(underlined(error) == found, "\(error)")
    }
  }

  @Test func whatIsNoProjectFile() throws {
    func refusal(_ text: String) throws -> Diagnostic {
      try #require(throws: Diagnostic.self) { try ProjectFile(text: text, path: "p.yaml") }
    }
    #expect(try refusal("").code == "RK0601")
    #expect(try refusal("a: [1\nb: 2\n").code == "RK0601")
    #expect(try refusal("rekindle: 1\nrekindle: 1\n").code == "RK0601")
    #expect(try refusal("- a\n").code == "RK0603")
    #expect(try refusal("sources: {}\n").code == "RK0602")
    #expect(try refusal("rekindle: 2\n").message.contains("version 2"))
    #expect(try refusal("rekindle: 1\n").message == "p.yaml has no \"sources\"")
    #expect(try refusal("rekindle: 1\nsources: {}\n").message == "sources has no entry")
  }

  /// Words that YAML has values for stay what was written.
  @Test func scalarsStayText() throws {
    let source = try #require(
      try parse("", sources: "  a: {file: no, kind: on, customer: 1E5, time: null, value: 0x10}\n").sources
        .first
    ).definition
    #expect(source.location == .files(["no"]))
    #expect(source.kind == .constant("on"))
    #expect(source.customer == "1E5" && source.time.column == "null" && source.value == "0x10")
  }

  @Test func placesOfSettings() throws {
    let file = try parse("churn:\n  horizon: 30d\n")
    #expect(file.place(of: "churn.horizon")?.line == 5)
    #expect(file.place(of: "churn.horizon")?.column == 12)
    #expect(file.place(of: "churn.activity")?.line == 4, "the nearest setting around it")
    #expect(file.place(of: "sources.orders.customer")?.length == 2)
    #expect(file.place(of: "training.folds") == nil)
  }
}
