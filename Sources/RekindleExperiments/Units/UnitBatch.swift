/// Some of the units of an experiment, as columns: one row a unit, the columns that the experiment's
/// `UnitSchema` asks for.
///
/// Missing is NaN in numbers and −1 in codes. Columns that a source does not have are `nil`.
public struct UnitBatch: Sendable {
  public var rowCount: Int
  /// Who they are; without ids nobody can be found twice.
  public var ids: UnitIDs?
  /// The arm of each unit, by its name in the experiment, or `UnitSchema.holdoutArm`.
  public var arms: CodedColumn
  /// One a segment column of the schema.
  public var segments: [CodedColumn]
  /// Within which the units were assigned.
  public var stratum: CodedColumn?
  /// What was assigned as a whole (the store), where the units are its customers.
  public var cluster: CodedColumn?
  /// The day of the exposure, in days since 1970-01-01; `missingDay` where it is not known.
  public var days: [Int32]?
  /// Days between the exposure and the end of the data.
  public var ages: [Double]?
  /// Whether the unit met the treatment at all; an assigned unit without exposure is counted and kept
  /// out.
  public var exposed: [Bool]?
  /// 1 where the unit took the treatment up (opened the message), else 0.
  public var complied: [Double]?
  /// One column a name of `UnitSchema.numbers`.
  public var numbers: [[Double]]

  public static let missingDay = Int32.min

  public init(
    rowCount: Int, ids: UnitIDs? = nil, arms: CodedColumn, segments: [CodedColumn] = [],
    stratum: CodedColumn? = nil, cluster: CodedColumn? = nil, days: [Int32]? = nil,
    ages: [Double]? = nil, exposed: [Bool]? = nil, complied: [Double]? = nil, numbers: [[Double]] = []
  ) {
    self.rowCount = rowCount
    self.ids = ids
    self.arms = arms
    self.segments = segments
    self.stratum = stratum
    self.cluster = cluster
    self.days = days
    self.ages = ages
    self.exposed = exposed
    self.complied = complied
    self.numbers = numbers
  }
}

/// A column of words as codes into a dictionary; batches may have dictionaries of their own.
public struct CodedColumn: Sendable {
  /// −1 is missing.
  public var codes: [Int32]
  public var dictionary: [String]

  public init(codes: [Int32], dictionary: [String]) {
    self.codes = codes
    self.dictionary = dictionary
  }

  /// Codes in the order in which the words come.
  public init(_ words: [String?]) {
    var places: [String: Int32] = [:]
    codes = []
    dictionary = []
    for word in words {
      guard let word else {
        codes.append(-1)
        continue
      }
      if let place = places[word] {
        codes.append(place)
      } else {
        let place = Int32(dictionary.count)
        places[word] = place
        dictionary.append(word)
        codes.append(place)
      }
    }
  }
}

/// The ids of a batch's units as one run of bytes, so that a million ids are two allocations.
public struct UnitIDs: Sendable {
  /// UTF-8, one id after the other.
  public private(set) var bytes: [UInt8]
  /// Where each id ends in `bytes`.
  public private(set) var ends: [Int]

  public init() {
    bytes = []
    ends = []
  }

  public init(_ ids: [String]) {
    self.init()
    ends.reserveCapacity(ids.count)
    for id in ids { append(id) }
  }

  /// - Precondition: `ends` ascends and its last is the number of bytes.
  public init(bytes: [UInt8], ends: [Int]) {
    precondition((ends.last ?? 0) == bytes.count, "the last id does not end where the bytes do")
    self.bytes = bytes
    self.ends = ends
  }

  public var count: Int { ends.count }

  public mutating func append(_ id: String) {
    bytes.append(contentsOf: id.utf8)
    ends.append(bytes.count)
  }

  public mutating func append(_ id: UnsafeBufferPointer<UInt8>) {
    bytes.append(contentsOf: id)
    ends.append(bytes.count)
  }

  public subscript(row: Int) -> String { String(decoding: bytes[range(row)], as: UTF8.self) }

  func range(_ row: Int) -> Range<Int> { (row == 0 ? 0 : ends[row - 1])..<ends[row] }
}
