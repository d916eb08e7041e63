internal import RekindleBehaviour
public import RekindleCore
public import RekindleEvents
internal import RekindleTables

extension ChurnModel {
  /// The document: JSON with sorted keys, every double in its shortest form that reads back the same.
  /// - Throws: `RK0501` when the model holds a number that is not finite, which is a bug.
  public func document() throws(Diagnostic) -> [UInt8] {
    var sealed = self
    sealed.checksum = try contentChecksum()
    return try sealed.encoded()
  }

  /// Reads a document and verifies it.
  /// - Parameter name: the file, for messages.
  /// - Throws: `RK0502` not such a document, `RK0503` another version, `RK0504` changed after it was
  ///   written, `RK0505` numbers or dimensions that contradict each other.
  public init(document bytes: [UInt8], name: String = "the model") throws(Diagnostic) {
    let place = Diagnostic.Place(file: name)
    let version: Version
    do {
      version = try JSONDocument.decode(Version.self, from: bytes)
    } catch {
      throw Diagnostic(
        "RK0502", "this is not a model file", at: place, notes: ["reading stopped: \(Self.words(error))"],
        help: "give the JSON file that `rekindle train` wrote; if it was cut short, copy it again")
    }
    guard version.format == ChurnModel.currentFormat else {
      throw Diagnostic(
        "RK0503",
        "the model file has format \(version.format); this version reads format \(ChurnModel.currentFormat)",
        at: place, help: "train again, or use the version of Rekindle that wrote the file")
    }
    do {
      self = try JSONDocument.decode(ChurnModel.self, from: bytes)
    } catch {
      throw Diagnostic(
        "RK0502", "the model file is damaged", at: place, notes: ["reading stopped: \(Self.words(error))"],
        help: "copy the file again from where it was trained, or train again")
    }
    let expected = try contentChecksum()
    guard checksum == expected else {
      throw Diagnostic(
        "RK0504", "the model file was changed after it was written", at: place,
        notes: ["checksum in the file: \(checksum)", "checksum of the content: \(expected)"],
        help: "copy the file again from where it was trained, or train again")
    }
    try validate(place)
  }

  private func encoded() throws(Diagnostic) -> [UInt8] {
    do {
      return try JSONDocument.encode(self)
    } catch {
      throw Diagnostic(
        "RK0501", "the model cannot be written: \(Self.words(error))", kind: .internalError,
        help: "report this with the training command")
    }
  }

  private func contentChecksum() throws(Diagnostic) -> String {
    var unsealed = self
    unsealed.checksum = ""
    return Checksum.hexDigits(of: try unsealed.encoded())
  }

  private struct Version: Decodable {
    var format: Int
  }

  private func validate(_ place: Diagnostic.Place) throws(Diagnostic) {
    func damaged(_ what: String) -> Diagnostic {
      Diagnostic("RK0505", "the model file contradicts itself: \(what)", at: place, help: "train again")
    }
    let width = preparation.columns.count + 1
    guard coefficients.count == width else {
      throw damaged("\(coefficients.count) coefficients for \(width - 1) columns and an intercept")
    }
    guard covariance.order == width else {
      throw damaged("a covariance of order \(covariance.order) for \(width) coefficients")
    }
    for coefficient in coefficients where !coefficient.standardized.isFinite || !coefficient.estimate.isFinite
    {
      throw damaged("the coefficient of \(coefficient.term) is not finite")
    }
    guard covariance.values.allSatisfy(\.isFinite) else { throw damaged("the covariance is not finite") }
    for column in preparation.columns {
      guard preparation.features.indices.contains(column.feature),
        column.missing.allSatisfy(preparation.features.indices.contains)
      else { throw damaged("the column \(column.name) belongs to no feature") }
      guard column.mean.isFinite, column.deviation.isFinite, column.deviation > 0 else {
        throw damaged("the constants of the column \(column.name) are not finite and positive")
      }
      guard column.part < preparation.features[column.feature].partCount else {
        throw damaged("the column \(column.name) is not one of its feature's")
      }
    }
    for feature in preparation.features {
      guard features.contains(where: { $0.name == feature.name }) else {
        throw damaged("the feature \(feature.name) has no definition")
      }
      guard feature.transform != .spline || feature.knots.count == 4 else {
        throw damaged("the spline of \(feature.name) has \(feature.knots.count) knots and not 4")
      }
    }
    guard bands.medium <= bands.high else { throw damaged("the medium band begins above the high one") }
  }

  private static func words(_ error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, let context):
      "\"\(key.stringValue)\" is absent" + path(context)
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
      DecodingError.dataCorrupted(let context):
      context.debugDescription + path(context)
    case EncodingError.invalidValue(let value, let context):
      "\(value) at \(context.codingPath.map(\.stringValue).joined(separator: "."))"
    default: "\(error)"
    }
  }

  private static func path(_ context: DecodingError.Context) -> String {
    context.codingPath.isEmpty ? "" : " at \(context.codingPath.map(\.stringValue).joined(separator: "."))"
  }
}

extension ChurnModel {
  /// Refuses a log that lacks what the model's formulas read, or has it as another type.
  /// - Throws: `RK0506`, with each difference named.
  public func verify(_ log: EventLog) throws(Diagnostic) {
    var differences: [String] = []
    for kind in schema {
      guard let stream = log.stream(kind.kind) else {
        differences.append("no events of the kind \"\(kind.kind)\"")
        continue
      }
      for attribute in kind.attributes {
        guard let own = stream.attribute(attribute.name) else {
          differences.append("\(kind.kind) has no attribute \"\(attribute.name)\" (\(attribute.type))")
          continue
        }
        if own.column.type.rawValue != attribute.type {
          differences.append(
            "\(kind.kind).\(attribute.name) is a \(own.column.type.rawValue); the model has a \(attribute.type)"
          )
        }
      }
    }
    guard log.calendar.identifier == timeZone else {
      differences.append("days are counted in \(log.calendar.identifier); the model counts in \(timeZone)")
      throw refusal(differences)
    }
    if !differences.isEmpty { throw refusal(differences) }
  }

  private func refusal(_ differences: [String]) -> Diagnostic {
    Diagnostic(
      "RK0506", "the log does not have what the model was trained on", notes: differences,
      help: "map the missing columns in the project file, or train a model on this log")
  }
}
