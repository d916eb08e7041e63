import Foundation
import Rekindle
import Testing

/// What the name of an output file says of its format, in the library and in every command that writes one.
@Suite struct OutputEndingTests {
  @Test func theEndingIsThatOfTheFileAlone() {
    let endings: [(String, String?)] = [
      ("report.csv", "csv"), ("out/REPORT.CSV", "csv"), ("a.b.parquet", "parquet"), ("a.csv.gz", "gz"),
      ("-", nil), ("/dev/stdout", nil), ("report", nil), ("out.d/report", nil), (".hidden", nil), ("a.", nil),
    ]
    for (path, ending) in endings { #expect(OutputEnding.of(path) == ending, "\(path)") }
  }

  @Test func tablesAreCSVWhereNothingIsSaid() throws {
    for path in ["-", "/dev/stdout", "/dev/fd/3", "table"] {
      #expect(try TableFile.Format(of: path) == .csv, "\(path)")
    }
    #expect(try TableFile.Format(of: "a.Parquet") == .parquet)
    #expect(try TableFile.Format(of: "a.xlsx", asked: .jsonl) == .jsonl)
    for path in ["a.xlsx", "a.txt", "a.csv.gz", "a.json"] {
      let error = #expect(throws: Diagnostic.self) { try TableFile.Format(of: path) }
      #expect(error?.code == "RK0620" && error?.notes.first?.contains("csv, jsonl, parquet") == true)
    }
    let near = #expect(throws: Diagnostic.self) { try TableFile.Format(of: "a.json") }
    #expect(near?.hint == "did you mean \".jsonl\"?")
  }

  @Test func everyCommandRefusesAnUnknownEndingBeforeItWorks() throws {
    let runner = try CommandRunner([
      "rekindle.yaml": SmallShop.project + """
        experiments:
          spring:
            arms: [a, b]
            metrics: {paid: {kind: mean}}

        """, "orders.csv": SmallShop.orders(), "customers.csv": "customer_id\na\nb\n",
      "units.csv": "customer_id,arm,paid\nu,a,1\nv,b,2\n",
    ])
    let before = try runner.folder.contents()
    let commands = [
      ["features", "--output", "t.xlsx"], ["segments", "--output", "t.xlsx"],
      ["plan", "--output", "t.xlsx"], ["plan", "--output", "t.csv", "--withheld", "t.xlsx"],
      ["ladder", "--output", "t.pdf"], ["ladder", "--due-dates", "t.xlsx"],
      ["experiment", "assign", "spring", "--customers", "customers.csv", "--output", "t.xlsx"],
      ["experiment", "analyze", "spring", "--units", "units.csv", "--output", "t.docx"],
      ["experiment", "analyze", "spring", "--units", "units.csv", "--write-summary", "t.xlsx"],
    ]
    for command in commands {
      let run = try runner.run(command)
      #expect(run.code == 2 && run.error.contains("error[RK0620]"), "\(command): \(run.error)")
      #expect(run.error.contains("known endings: "))
      #expect(try runner.folder.contents() == before)
    }
    let assign = ["experiment", "assign", "spring", "--customers", "customers.csv", "--at", "2026-03-01"]
    let plain = try runner.run(assign)
    #expect(plain.code == 0 && plain.output.hasPrefix("customer_id,experiment,arm"))
    #expect(try runner.run(assign + ["--output", "table"]).code == 0)
    #expect(try runner.folder.text("table") == plain.output)
    let asked = try runner.run(assign + ["--output", "t.xlsx", "--format", "jsonl"])
    #expect(asked.code == 0)
    #expect(try runner.folder.text("t.xlsx").hasPrefix("{\"customer_id\":"))
  }
}
