import Foundation
import RekindleCore
import RekindleEvents
import Testing

/// A throw-away PostgreSQL cluster, where one can be made.
private final class Cluster {
  private static let bin = ["/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/16/bin", "/usr/bin"]
    .first { FileManager.default.isExecutableFile(atPath: "\($0)/initdb") }
  let folder: Folder
  let port = 20_000 + Int(getpid()) % 20_000
  private let isRoot = getuid() == 0

  init?() throws {
    guard Cluster.bin != nil else { return nil }
    folder = try Folder()
    // PostgreSQL refuses to run as root, and its own user must reach the folder.
    if isRoot, run("/bin/chown", ["postgres", folder.root], as: nil) != 0 { return nil }
    let data = folder.path("data")
    guard
      run("initdb", ["-D", data, "-U", "postgres", "--auth", "trust", "--no-sync", "-E", "UTF8"]) == 0,
      run(
        "pg_ctl",
        [
          "-D", data, "-w", "-l", folder.path("log"), "-o",
          "-p \(port) -k \(folder.root) -c listen_addresses=127.0.0.1 -c fsync=off", "start",
        ]) == 0
    else { return nil }
  }

  deinit {
    _ = run("pg_ctl", ["-D", folder.path("data"), "-m", "immediate", "stop"])
  }

  var address: String { "postgresql://postgres:unused@127.0.0.1:\(port)/postgres" }

  func sql(_ text: String) -> Bool {
    run("psql", ["-h", "127.0.0.1", "-p", "\(port)", "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-c", text])
      == 0
  }

  private func run(_ tool: String, _ arguments: [String], as user: String? = "postgres") -> Int32 {
    // Not Foundation's Process: it waits for every descendant to end, and the server is to go on.
    let path = tool.hasPrefix("/") ? tool : "\(Cluster.bin ?? "")/\(tool)"
    let prefix = isRoot ? user.map { ["/usr/sbin/runuser", "-u", $0, "--"] } ?? [] : []
    let words = prefix + [path] + arguments
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for output: Int32 in [1, 2] {
      posix_spawn_file_actions_addopen(&actions, output, "/dev/null", O_WRONLY, 0)
    }
    var process: pid_t = 0
    let pointers = words.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    guard posix_spawn(&process, words[0], &actions, nil, pointers, nil) == 0 else { return -1 }
    var status: Int32 = 0
    guard waitpid(process, &status, 0) == process else { return -1 }
    return status
  }
}

@Suite(.enabled(if: hasDuckDB, withoutDuckDB)) struct DuckDBPostgresTests {
  @Test func tableAndQuery() throws {
    let duckdb = try DuckDB(workers: Workers(1))
    guard (try? duckdb.load(extension: "postgres_scanner")) != nil, let cluster = try Cluster() else {
      withKnownIssue("no PostgreSQL server or no DuckDB extension for it") { Issue.record("skipped") }
      return
    }
    #expect(
      cluster.sql(
        """
        CREATE SCHEMA shop; CREATE TABLE shop.orders (id text, "at" timestamptz, amount numeric(10,2));
        INSERT INTO shop.orders SELECT 'c' || i % 50, timestamptz '2024-01-01 00:00:00+00' + i * interval '1 minute',
          i / 4.0 FROM generate_series(1, 20000) i;
        """))
    func read(_ location: SourceDefinition.Location) throws -> (log: EventLog, intake: Intake) {
      try EventReader.read(
        sources: [
          (
            "orders",
            SourceDefinition(
              location: location, kind: .constant("purchase"), customer: "id", time: .init("at"),
              value: "amount")
          )
        ], calendar: .utc, workers: Workers(2))
    }
    let (table, intake) = try read(.table("shop.orders", database: cluster.address))
    #expect(intake.read == 20_000 && intake.used == 20_000)
    #expect(table.customers.count == 50)
    #expect(table.span == Instant(seconds: 1_704_067_260)...Instant(seconds: 1_704_067_200 + 1_200_000))
    // In PostgreSQL's own SQL.
    let (query, _) = try read(
      .query(
        "SELECT id, \"at\", amount FROM shop.orders WHERE \"at\" <= to_timestamp(1704067200 + 6000)",
        database: cluster.address))
    #expect(query.eventCount == 100)
    guard case .number(let values)? = query.stream("purchase")?.attribute("value")?.column else { return }
    #expect(values.reduce(0, +) == 5050 / 4.0)
  }
}
