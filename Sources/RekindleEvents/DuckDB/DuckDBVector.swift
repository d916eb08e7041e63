internal import CDuckDB

/// The types in which columns are asked from DuckDB; everything else is cast to one of them.
package enum DuckDBType: Int32, Sendable {
  case flag = 1
  case integer = 5
  case number = 11
  case wallClock = 12
  case date = 13
  case text = 17
  case instant = 31

  /// As SQL names it.
  package var name: String {
    switch self {
    case .flag: "BOOLEAN"
    case .integer: "BIGINT"
    case .number: "DOUBLE"
    case .wallClock: "TIMESTAMP"
    case .date: "DATE"
    case .text: "VARCHAR"
    case .instant: "TIMESTAMPTZ"
    }
  }

  /// The type to ask for a column that `DESCRIBE` says is of the type `name`: the narrowest of ours
  /// that loses nothing, else text.
  package init(asking name: String) {
    switch name {
    case "BOOLEAN": self = .flag
    case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER": self = .integer
    case "FLOAT", "DOUBLE": self = .number
    case "DATE": self = .date
    case "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS": self = .wallClock
    case "TIMESTAMP WITH TIME ZONE": self = .instant
    case let name where name.hasPrefix("DECIMAL"): self = .number
    default: self = .text
    }
  }
}

/// At most 2,048 rows of a result, valid only inside the call that hands it over.
package struct DuckDBChunk {
  private let handle: UnsafeMutableRawPointer

  init(_ handle: UnsafeMutableRawPointer) {
    self.handle = handle
  }

  package var count: Int { rk_duckdb_chunk_size(handle) }

  package func column(_ index: Int) -> DuckDBVector {
    let vector = rk_duckdb_vector(handle, index)
    return DuckDBVector(data: rk_duckdb_vector_data(vector), validity: rk_duckdb_vector_validity(vector))
  }
}

/// The values of one column of a chunk, flat, read as the type that was asked for.
package struct DuckDBVector {
  let data: UnsafeMutableRawPointer?
  let validity: UnsafeMutablePointer<UInt64>?

  /// Whether a row holds a value.
  @inline(__always)
  package func isValid(_ row: Int) -> Bool {
    guard let validity else { return true }
    return validity[row >> 6] >> UInt64(row & 63) & 1 == 1
  }

  /// `isMissing` of the first `count` rows, or `nil` when none is missing.
  package func missing(_ count: Int) -> [Bool]? {
    guard let validity, (0..<count).contains(where: { !isValid($0) }) else { return nil }
    return [Bool](unsafeUninitializedCapacity: count) { flags, made in
      for row in 0..<count { flags[row] = validity[row >> 6] >> UInt64(row & 63) & 1 == 0 }
      made = count
    }
  }

  /// The first `count` values; those under missing rows mean nothing.
  package func values<Value>(_ type: Value.Type, _ count: Int) -> [Value] {
    guard let data, count > 0 else { return [] }
    return Array(UnsafeBufferPointer(start: data.assumingMemoryBound(to: Value.self), count: count))
  }

  /// The string of a row, or `nil` where it is missing.
  package func string(_ row: Int) -> String? {
    guard isValid(row) else { return nil }
    return String(decoding: bytes(row), as: UTF8.self)
  }

  /// The UTF-8 of a row that holds a value.
  @inline(__always)
  package func bytes(_ row: Int) -> UnsafeRawBufferPointer {
    let slot = slots + row
    return UnsafeRawBufferPointer(start: rk_duckdb_string_bytes(slot), count: Int(slot.pointee.length))
  }

  var slots: UnsafePointer<rk_duckdb_string> {
    UnsafePointer(data.unsafelyUnwrapped.assumingMemoryBound(to: rk_duckdb_string.self))
  }
}
