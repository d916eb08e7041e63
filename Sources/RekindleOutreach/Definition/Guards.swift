/// The guard-rails as they are written down; a rule that is `nil` is not asked.
public struct Guards: Sendable, Hashable {
  /// Consent per channel and purpose: unknown is no, and a withdrawal wins a tie.
  public var consent: Bool
  public var quietHours: Bool
  public var frequency: FrequencyCap?
  public var openTicket: OpenTicket?
  /// Days after a purchase in which it can be returned: no coupon meanwhile, which would only invite the
  /// customer to return the goods and buy them again.
  public var returnWindow: Int?
  public var discountDepth: DiscountDepth?
  /// Days between two coupons.
  public var couponCoolOff: Int?
  public var discountDependence: DiscountDependence?
  /// The spend that an offer asks for, at most so many times the customer's mean basket.
  public var basketStretch: Double?
  /// In money, for all actions of a plan.
  public var budget: Double?
  /// Whether the actions' capacities hold.
  public var capacity: Bool
  /// The least share of customers that the plan has to hold out.
  public var minimumHoldout: Double?

  public init(
    consent: Bool = true, quietHours: Bool = true, frequency: FrequencyCap? = FrequencyCap(),
    openTicket: OpenTicket? = OpenTicket(), returnWindow: Int? = 14, discountDepth: DiscountDepth? = nil,
    couponCoolOff: Int? = 30, discountDependence: DiscountDependence? = DiscountDependence(),
    basketStretch: Double? = 1.3, budget: Double? = nil, capacity: Bool = true,
    minimumHoldout: Double? = nil
  ) {
    self.consent = consent
    self.quietHours = quietHours
    self.frequency = frequency
    self.openTicket = openTicket
    self.returnWindow = returnWindow
    self.discountDepth = discountDepth
    self.couponCoolOff = couponCoolOff
    self.discountDependence = discountDependence
    self.basketStretch = basketStretch
    self.budget = budget
    self.capacity = capacity
    self.minimumHoldout = minimumHoldout
  }

  /// At most `max` marketing messages in any rolling `days` days, over all channels.
  ///
  /// Two messages are in one window when the later is no more than `days` calendar days, nor more than
  /// `days` times 24 hours, after the earlier: at a clock change the longer of the two counts.
  public struct FrequencyCap: Sendable, Hashable {
    public var max: Int
    public var days: Int

    public init(max: Int = 3, days: Int = 7) {
      self.max = max
      self.days = days
    }
  }

  /// While a ticket is open nothing is promoted; after `staleAfter` hours it is a matter for a call.
  public struct OpenTicket: Sendable, Hashable {
    public var staleAfter: Double

    public init(staleAfter: Double = 48) {
      self.staleAfter = staleAfter
    }
  }

  /// The deepest discount of each tier.
  public struct DiscountDepth: Sendable, Hashable {
    public struct Limit: Sendable, Hashable {
      /// As the events of kind `tier` have it.
      public var level: Double
      /// A share of the price.
      public var depth: Double

      public init(level: Double, depth: Double) {
        self.level = level
        self.depth = depth
      }
    }

    /// A customer has the limit of the highest level that is not above their own; who has no tier or one
    /// below all limits has that of the lowest.
    public var limits: [Limit]

    public init(_ limits: [Limit]) {
      self.limits = limits.sorted { $0.level < $1.level }
    }

    public func depth(ofLevel level: Double) -> Double {
      (limits.last { $0.level <= level } ?? limits.first)?.depth ?? 0
    }
  }

  /// A customer with `orders` or more in a year of which the share `share` or more had a discount gets
  /// no further one.
  public struct DiscountDependence: Sendable, Hashable {
    public var share: Double
    public var orders: Int

    public init(share: Double = 0.8, orders: Int = 3) {
      self.share = share
      self.orders = orders
    }
  }
}
