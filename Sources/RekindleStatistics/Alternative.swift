/// What a test sets against its hypothesis of no difference.
public enum Alternative: String, Sendable, Hashable, Codable, CaseIterable {
  case twoSided = "two_sided"
  /// The variant is below the control.
  case less
  /// The variant is above the control.
  case greater
}
