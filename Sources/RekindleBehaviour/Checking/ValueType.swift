public import RekindleEvents

/// What an expression gives: a number, a flag or a text, alone or one per group.
public struct ValueType: Sendable, Hashable {
  public enum Scalar: String, Sendable, Hashable {
    case number, flag, text
    /// Of the word `missing` alone: fits wherever a number or a flag does.
    case missing
  }

  public var scalar: Scalar
  /// The attribute whose values are the groups; `nil` for one value.
  public var group: String?

  public init(_ scalar: Scalar, by group: String? = nil) {
    self.scalar = scalar
    self.group = group
  }

  public static let number = ValueType(.number)
  public static let flag = ValueType(.flag)
  public static let text = ValueType(.text)

  /// Whether a value of this type can stand where `wanted` is asked for.
  func fits(_ wanted: Scalar) -> Bool {
    scalar == wanted || (scalar == .missing && wanted != .text)
  }

  /// For a sentence: "a number per category".
  package var words: String {
    let one =
      switch scalar {
      case .number: "a number"
      case .flag: "a flag"
      case .text: "a text"
      case .missing: "missing"
      }
    return group.map { "\(one) per \($0)" } ?? one
  }
}

extension AttributeType {
  /// What an attribute of this type is inside an expression: a time reads as days to the moment.
  var scalar: ValueType.Scalar {
    switch self {
    case .number, .time: .number
    case .category: .text
    case .flag: .flag
    }
  }
}

extension EventClock {
  var scalar: ValueType.Scalar { self == .weekend ? .flag : .number }
}

extension EventSchema {
  /// The kinds of a log, with the attributes and types that its streams carry.
  public init(of log: EventLog) {
    self.init(
      kinds: log.streams.map { stream in
        Kind(
          name: stream.kind,
          attributes: stream.attributes.map { Attribute(name: $0.name, type: $0.column.type) },
          isRecorded: stream.recorded != nil)
      })
  }

  /// The kind of a name, or `nil`.
  public func kind(_ name: String) -> Kind? { kinds.first { $0.name == name } }
}

extension EventSchema.Kind {
  /// The attribute of a name, or `nil`.
  public func attribute(_ name: String) -> EventSchema.Attribute? { attributes.first { $0.name == name } }

  /// What a name means on an event of this kind; an attribute hides a clock of the same name.
  func scalar(of name: String) -> ValueType.Scalar? {
    attribute(name)?.type.scalar ?? EventClock(rawValue: name)?.scalar
  }
}
