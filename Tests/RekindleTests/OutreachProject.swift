import Foundation

/// The committed shop with a playbook, guard-rails and an experiment of its own.
enum OutreachProject {
  static let shop = ReadmeTests.root.appendingPathComponent("datasets/shop").path
  static let model = ReadmeTests.root.appendingPathComponent("models/shop.json").path

  static let section = """
    lifecycle:
      value: {margin: 0.35}
    experiments:
      spring:
        arms: [control, coupon]
        metrics:
          bought: {kind: proportion, formula: "count(purchase, next 30d) >= 1"}
    outreach:
      holdout: 10%
      channels:
        desk: {consent: none, quiet: none}
        email: {cost: 0.001, quiet: none}
        sms: {cost: 0.05, quiet: "21:00-09:00"}
        push: {}
      actions:
        - id: call_after_ticket
          kind: service_call
          when: open_ticket_hours > 48
          channels: [desk]
          cost: 4
          core: need
        - id: not_due
          kind: nothing
          when: timing == "not_due_yet"
        - id: thanks
          kind: content
          when: stage == "loyal" and cooling_count <= 2
          channels: [email, push]
          send: weekday_10
        - id: win_back
          kind: coupon
          when: tier_level >= 1 and churn_probability >= 0.5
          channels: [email, sms]
          cost: 1
          offer: {discount: 10%}
          experiment: spring
          arms: {control: {treated: false}}
          reason: "churn probability {churn_probability}, stage {stage}"
        - id: content
          kind: content
          when: risk_band == "high"
          channels: [push, sms, email]
          capacity: 100
      guards:
        frequency: {max: 3, days: 7}
        discount_depth: {limits: {0: 5%, 1: 10%, 2: 25%}}
        budget: 100
        minimum_holdout: 5%
      scheduled: scheduled.csv

    """

  /// Three messages are set for one customer, so that the cap of three is reached.
  static let scheduled = """
    customer_id,channel,send_at,action
    C0000004,email,2026-01-02T10:00:00,content
    C0000004,email,2026-01-03T10:00:00,
    C0000004,sms,2026-01-04T10:00:00,

    """

  static func project(_ section: String = section) throws -> String {
    try String(contentsOfFile: shop + "/rekindle.yaml", encoding: .utf8)
      .replacing("file: ", with: "file: \(shop)/") + section
  }

  /// The first half of the shop's customers, by arm in turn.
  static var assignment: String {
    "customer_id,experiment,arm,stratum,probability,assigned_at\n"
      + (1...1500).map { number in
        let digits = String(number)
        let id = "C" + String(repeating: "0", count: 7 - digits.count) + digits
        return "\(id),spring,\(number % 2 == 0 ? "coupon" : "control"),,0.5,2026-01-01T00:00:00\n"
      }.joined()
  }

  static func runner(_ section: String = section) throws -> CommandRunner {
    try CommandRunner([
      "rekindle.yaml": project(section), "scheduled.csv": scheduled, "spring.csv": assignment,
    ])
  }
}
