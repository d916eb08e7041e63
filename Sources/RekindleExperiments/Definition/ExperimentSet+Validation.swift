public import RekindleCore

extension Experiment {
  /// Checks that the experiments of a project go together: each by itself, and no two with one id or one salt
  /// (they would deal the same hand), of one layer with overlapping parts or different holdouts.
  /// - Throws: what `validate()` throws; `RK0815` for what is wrong between two.
  public static func validate(together experiments: [Experiment]) throws(Diagnostic) {
    for (place, experiment) in experiments.enumerated() {
      try experiment.validate()
      for other in experiments[..<place] { try experiment.checkBeside(other) }
    }
  }

  private func checkBeside(_ other: Experiment) throws(Diagnostic) {
    let key = "experiments.\(id)"
    guard id != other.id else {
      throw Diagnostic(
        "RK0815", "two experiments have the id \"\(id)\"", key: key, help: "rename one of them")
    }
    guard salt != other.salt else {
      throw Diagnostic(
        "RK0815", "\"\(id)\" and \"\(other.id)\" have one salt: both would deal the same hand",
        key: key + ".salt", help: "leave the salt out, or give each its own")
    }
    guard let layer, let beside = other.layer, layer.name == beside.name else { return }
    guard holdout == other.holdout else {
      throw Diagnostic(
        "RK0815",
        "\"\(id)\" holds out \(holdout) of layer \"\(layer.name)\" and \"\(other.id)\" \(other.holdout)",
        key: key + ".holdout", help: "a holdout is the layer's: give both the same")
    }
    guard layer.lower >= beside.upper || beside.lower >= layer.upper else {
      throw Diagnostic(
        "RK0815",
        "\"\(id)\" has [\(layer.lower), \(layer.upper)) of layer \"\(layer.name)\", and \"\(other.id)\""
          + " [\(beside.lower), \(beside.upper)): they overlap",
        key: key + ".layer", help: "experiments of one layer share nobody: give each its own part")
    }
  }
}
