internal import Foundation
public import RekindleChurn
public import RekindleCore

extension ChurnModel {
  /// Reads and verifies a model file.
  /// - Throws: `RK0604` when there is none; `RK0502` to `RK0505` when it is damaged.
  public init(contentsOf path: String) throws(Diagnostic) {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Diagnostic(
        "RK0604", "there is no model at \(path)", at: .init(file: path),
        help: "train one with `rekindle train`, or name another with --model")
    }
    try self.init(document: [UInt8](data), name: path)
  }
}
