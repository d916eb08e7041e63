import RekindleBehaviour
import RekindleCore
import RekindleOutreach
import Testing

@Suite("Plans as written")
struct PlanValidationTests {
  private func coupon(_ when: String, _ offer: String) throws -> Action {
    Action(
      id: "win_back", kind: .coupon, when: try Expression(parsing: when), channels: ["email"],
      offer: Offer(offer))
  }

  private let limits = Guards.DiscountDepth([
    .init(level: 0, depth: 0.05), .init(level: 1, depth: 0.1), .init(level: 2, depth: 0.25),
  ])

  private func refusal(_ plan: OutreachPlan) -> Diagnostic? {
    do throws(Diagnostic) {
      try plan.validate()
      return nil
    } catch {
      return error
    }
  }

  @Test("A 25 % coupon for a tier that allows 5 % is refused, with both places")
  func depth() throws {
    for when in [
      "tier_level == 0", "tier_level < 1 and overdue_ratio > 2", "latest(tier.level) == 0",
      "tier_level in [0]", "1 > tier_level",
    ] {
      let plan = OutreachPlan(actions: [try coupon(when, "25%")], guards: Guards(discountDepth: limits))
      let error = try #require(refusal(plan))
      #expect(error.code == "RK1007")
      #expect(error.key == "outreach.actions.0.offer")
      #expect(error.against?.key == "outreach.guards.discount_depth.limits.0")
      #expect(error.message == "win_back offers 25%, and tier 0 allows 5%")
    }
    for (when, offer) in [
      ("tier_level == 2", "25%"), ("true", "25%"), ("tier_level <= 1", "200-20"), ("tier_level == 0", "5%"),
    ] {
      #expect(
        refusal(OutreachPlan(actions: [try coupon(when, offer)], guards: Guards(discountDepth: limits)))
          == nil)
    }
    for (when, offer) in [("true", "30%"), ("tier_level <= 1", "200-50")] {
      let error = refusal(
        OutreachPlan(actions: [try coupon(when, offer)], guards: Guards(discountDepth: limits)))
      #expect(error?.code == "RK1007")
    }
  }

  @Test("The offers of an experiment's arms are looked at too")
  func arms() throws {
    var action = try coupon("tier_level == 1", "5%")
    action.trial = .init("spring", arms: [.init("low"), .init("high", offer: Offer("20%"))])
    let error = refusal(OutreachPlan(actions: [action], guards: Guards(discountDepth: limits)))
    #expect(error?.key == "outreach.actions.0.arms.high.offer")
  }

  @Test("Settings that contradict one another name both")
  func conflicts() throws {
    var plan = OutreachPlan(holdout: .init(0.02), guards: Guards(minimumHoldout: 0.05))
    #expect(refusal(plan)?.against?.key == "outreach.guards.minimum_holdout")
    #expect(refusal(plan)?.key == "outreach.holdout")
    plan.holdout = .init(0.05)
    #expect(refusal(plan) == nil)
    var action = try coupon("true", "5%")
    action.cost = 10
    let dear = OutreachPlan(actions: [action], guards: Guards(budget: 5))
    #expect(refusal(dear)?.against?.key == "outreach.guards.budget")
    let mute = OutreachPlan(actions: [try coupon("true", "5%")], guards: Guards(frequency: .init(max: 0)))
    #expect(refusal(mute)?.against?.key == "outreach.guards.frequency")
  }

  @Test("Mistakes are told with their setting")
  func mistakes() throws {
    let good = try coupon("true", "10%")
    func changed(_ change: (inout Action) -> Void) -> OutreachPlan {
      var action = good
      change(&action)
      return OutreachPlan(channels: [Channel("email", consent: "email")], actions: [good, action])
    }
    let cases: [(OutreachPlan, String, String)] = [
      (changed { _ in }, "RK1002", "outreach.actions.1.id"),
      (
        changed {
          $0.id = "b"; $0.channels = ["emial"]
        }, "RK1005", "outreach.actions.1.channels"
      ),
      (
        changed {
          $0.id = "b"; $0.channels = []
        }, "RK1004", "outreach.actions.1.channels"
      ),
      (
        changed {
          $0.id = "b"; $0.offer = nil
        }, "RK1004", "outreach.actions.1.offer"
      ),
      (
        changed {
          $0.id = "b"; $0.kind = .content
        }, "RK1004", "outreach.actions.1.offer"
      ),
      (
        changed {
          $0.id = "b"; $0.capacity = -1
        }, "RK1004", "outreach.actions.1.capacity"
      ),
      (
        changed {
          $0.id = "b"; $0.offer = Offer(.share(1.5))
        }, "RK1004", "outreach.actions.1.offer"
      ),
      (
        OutreachPlan(channels: [Channel("sms", consent: "sms", quiet: QuietHours(start: 60, end: 60))]),
        "RK1001",
        "outreach.channels.sms.quiet"
      ),
      (OutreachPlan(guards: Guards(couponCoolOff: 0)), "RK1003", "outreach.guards.coupon_cool_off"),
      (OutreachPlan(holdout: .init(1)), "RK1000", "outreach.holdout"),
    ]
    for (plan, code, key) in cases {
      let error = refusal(plan)
      #expect(error?.code == code)
      #expect(error?.key == key)
      #expect(error?.help != nil)
    }
  }
}
