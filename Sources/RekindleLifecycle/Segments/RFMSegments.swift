/// The eight segments of RFM teaching in China: two levels of each measure.
public enum ClassicalSegment: String, Sendable, Hashable, Codable, CaseIterable {
  /// Recent, frequent, valuable: 重要价值.
  case importantValue = "important_value"
  /// Recent, not frequent, valuable: 重要发展.
  case importantDevelop = "important_develop"
  /// Not recent, frequent, valuable: 重要保持.
  case importantKeep = "important_keep"
  /// Not recent, not frequent, valuable: 重要挽留.
  case importantWinBack = "important_win_back"
  /// Recent, frequent, not valuable: 一般价值.
  case generalValue = "general_value"
  case generalDevelop = "general_develop"
  case generalKeep = "general_keep"
  case generalWinBack = "general_win_back"

  public init(isRecent: Bool, isFrequent: Bool, isValuable: Bool) {
    self =
      switch (isRecent, isFrequent) {
      case (true, true): isValuable ? .importantValue : .generalValue
      case (true, false): isValuable ? .importantDevelop : .generalDevelop
      case (false, true): isValuable ? .importantKeep : .generalKeep
      case (false, false): isValuable ? .importantWinBack : .generalWinBack
      }
  }

  public var chineseName: String {
    switch self {
    case .importantValue: "重要价值"
    case .importantDevelop: "重要发展"
    case .importantKeep: "重要保持"
    case .importantWinBack: "重要挽留"
    case .generalValue: "一般价值"
    case .generalDevelop: "一般发展"
    case .generalKeep: "一般保持"
    case .generalWinBack: "一般挽留"
    }
  }
}

/// The eleven groups under the names that Shopify uses.
///
/// Shopify places customers by the recency score R and the mean FM = (F + M) / 2 of the other two, and
/// describes each group in words. The borders here are our reading of those words; they cover every pair
/// of scores once:
///
/// | | FM ≥ 4 | 2.5 ≤ FM < 4 | 2 ≤ FM < 2.5 | FM < 2 |
/// |---|---|---|---|---|
/// | R 5 | champions | active | active | new |
/// | R 4 | loyal | active | active | promising |
/// | R 3 | loyal | needs_attention | needs_attention | promising |
/// | R 2 | previously_loyal | at_risk | almost_lost | almost_lost |
/// | R 1 | previously_loyal | at_risk | dormant | dormant |
public enum RFMGroup: String, Sendable, Hashable, Codable, CaseIterable {
  case champions = "CHAMPIONS"
  case loyal = "LOYAL"
  case active = "ACTIVE"
  case new = "NEW"
  case promising = "PROMISING"
  case needsAttention = "NEEDS_ATTENTION"
  case atRisk = "AT_RISK"
  case previouslyLoyal = "PREVIOUSLY_LOYAL"
  case almostLost = "ALMOST_LOST"
  case dormant = "DORMANT"
  /// Have not bought.
  case prospects = "PROSPECTS"

  /// - Parameter scores: from 1 to 5.
  init(_ scores: RFM.Scores) {
    let twice = scores.frequency + scores.money  // 2 FM
    self =
      switch scores.recency {
      case 5: twice >= 8 ? .champions : twice >= 4 ? .active : .new
      case 4: twice >= 8 ? .loyal : twice >= 4 ? .active : .promising
      case 3: twice >= 8 ? .loyal : twice >= 4 ? .needsAttention : .promising
      default:
        twice >= 8
          ? .previouslyLoyal : twice >= 5 ? .atRisk : scores.recency == 2 ? .almostLost : .dormant
      }
  }
}
