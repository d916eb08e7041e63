internal import RekindleNumerics

/// Where the rows of a customer go. A continuation of the truth keeps none, and the compiler then
/// leaves out what would only be written down.
protocol ShopRecorder {
  static var isKeeping: Bool { get }
  mutating func add(_ table: ShopTable, _ cells: Int64...)
}

struct NoRecord: ShopRecorder {
  static var isKeeping: Bool { false }
  @inline(__always)
  mutating func add(_ table: ShopTable, _ cells: Int64...) {}
}

/// One customer at the end of a day: all that the law lets the next day depend on, and each part of
/// it readable from the rows so far.
struct CustomerState {
  let number: Int64
  var warmth = 1.0
  /// Σ m over the days since the first order.
  var exposure = 0.0
  /// Orders beyond the first.
  var repeats = 0
  var lastOrderDay: Int
  /// Replenishment cycle of the last order's main category, in days; 0: none.
  var cycle = 0.0

  var messageChannel: Int64
  var isReachable: Bool
  var clickDay = -1000

  var couponDay = -1000
  var couponPercent: Int64 = 0
  var couponCount: Int64 = 0

  var tier = 0
  /// Hundredths of spend, halved every 180 days.
  var fadedSpend = 0.0
  var points: Int64 = 0

  /// The order under way, −1 for none.
  var parcel: Int64 = -1
  var parcelDay = 0
  var parcelAmount: Int64 = 0
  /// The day on which the open ticket was opened, −1 for none.
  var ticketDay = -1
  var ticketCount: Int64 = 0

  var hasCoupon: Bool { couponPercent > 0 }

  func identifier(_ count: Int64) -> Int64 { number * 4096 + count }

  /// Lives through a day up to, and without, its orders.
  /// - Returns: m of the day: the mean number of orders is Λ times this.
  mutating func live<Recorder: ShopRecorder>(
    day: Int, law: ShopLaw, stream: inout RandomStream, into recorder: inout Recorder
  ) -> Double {
    let clock = DayClock(day: Int64(law.firstDay) + Int64(day))
    fade(day: day, clock: clock, stream: &stream, into: &recorder)
    if parcel >= 0 { awaitParcel(day: day, clock: clock, stream: &stream, into: &recorder) }
    if ticketDay >= 0 { awaitReply(day: day, clock: clock, stream: &stream, into: &recorder) }
    handleCoupon(day: day, clock: clock, law: law, stream: &stream, into: &recorder)
    if isReachable { receiveMessage(day: day, clock: clock, stream: &stream, into: &recorder) }
    visit(clock: clock, stream: &stream, into: &recorder)
    warmth = min(ShopLaw.warmthCap, max(ShopLaw.warmthFloor, warmth))

    var m = warmth * law.calendarFactor[day] * ShopLaw.need(days: day - lastOrderDay, cycle: cycle)
    if hasCoupon { m *= ShopLaw.couponEffect }
    if day - clickDay < ShopLaw.clickDays { m *= ShopLaw.clickEffect }
    return m
  }

  private mutating func fade<Recorder: ShopRecorder>(
    day: Int, clock: DayClock, stream: inout RandomStream, into recorder: inout Recorder
  ) {
    warmth *= 1 - ShopLaw.fading[tier]
    fadedSpend *= 1 - ShopLaw.spendFading
    if day % ShopLaw.tierReviewEvery == 0 { reviewTier(clock: clock, into: &recorder) }
  }

  /// Up at once, down by one level a review.
  mutating func reviewTier<Recorder: ShopRecorder>(clock: DayClock, into recorder: inout Recorder) {
    let earned = (ShopLaw.tierSpend.lastIndex { fadedSpend >= $0 }) ?? 0
    if earned == tier { return }
    tier = earned > tier ? earned : tier - 1
    if Recorder.isKeeping { recorder.add(.tiers, number, clock.time(hour: 3), Int64(tier)) }
  }

  private mutating func awaitParcel<Recorder: ShopRecorder>(
    day: Int, clock: DayClock, stream: inout RandomStream, into recorder: inout Recorder
  ) {
    let age = day - parcelDay
    guard stream.bernoulli(ShopLaw.arrival[min(age, ShopLaw.arrival.count - 1)]) else { return }
    let isLate = age >= ShopLaw.lateFromDay
    if isLate { warmth *= ShopLaw.keptAfterLateDelivery }
    if Recorder.isKeeping {
      recorder.add(.deliveries, number, clock.time(&stream, from: 9, to: 19), parcel, isLate ? 1 : 0)
    }
    let ticketChance = isLate ? ShopLaw.ticketAfterLateDelivery : ShopLaw.ticketAfterDelivery
    if ticketDay < 0, stream.bernoulli(ticketChance) {
      ticketDay = day
      if Recorder.isKeeping {
        recorder.add(.tickets, number, clock.time(&stream, from: 19, to: 23), identifier(ticketCount), 0)
      }
    }
    if Recorder.isKeeping, stream.bernoulli(ShopLaw.refundShare) {
      let refunded = stream.bernoulli(0.5) ? parcelAmount : parcelAmount / 2
      if refunded > 0 { recorder.add(.refunds, number, clock.time(hour: 23), parcel, refunded) }
    }
    parcel = -1
  }

  private mutating func awaitReply<Recorder: ShopRecorder>(
    day: Int, clock: DayClock, stream: inout RandomStream, into recorder: inout Recorder
  ) {
    let age = day - ticketDay
    // The cut falls on the third day, answered on it or not: by then the reply is slow.
    if age == ShopLaw.slowFromDay { warmth *= ShopLaw.keptAfterSlowReply }
    guard age > 0, stream.bernoulli(ShopLaw.replyChance) else { return }
    if Recorder.isKeeping {
      let reply = clock.time(&stream, from: 8, to: 17)
      recorder.add(.tickets, number, reply, identifier(ticketCount), 1)
      recorder.add(.tickets, number, reply + 3600, identifier(ticketCount), 2)
    }
    ticketCount += 1
    ticketDay = -1
  }

  private mutating func handleCoupon<Recorder: ShopRecorder>(
    day: Int, clock: DayClock, law: ShopLaw, stream: inout RandomStream, into recorder: inout Recorder
  ) {
    if hasCoupon {
      if day - couponDay < ShopLaw.couponDays { return }
      endCoupon(at: clock.midnight, isRedeemed: false, law: law, into: &recorder)
      return
    }
    let isScheduled = day % ShopLaw.couponEvery == 12 && stream.bernoulli(ShopLaw.couponShare)
    guard isReachable, isScheduled || day - lastOrderDay == ShopLaw.couponAtDays else { return }
    couponDay = day
    couponCount += 1
    couponPercent = isScheduled ? 10 : 15
  }

  /// Writes the coupon down when its fate is known, and takes it away.
  /// - Parameter time: when that was; a coupon still open at the end of the log was last written
  ///   when it was issued.
  mutating func endCoupon<Recorder: ShopRecorder>(
    at time: Int64?, isRedeemed: Bool, law: ShopLaw, into recorder: inout Recorder
  ) {
    if Recorder.isKeeping {
      let clock = DayClock(day: Int64(law.firstDay) + Int64(couponDay))
      let issued = clock.time(hour: 6)
      recorder.add(
        .coupons, number, issued, identifier(couponCount), couponPercent,
        clock.midnight + Int64(ShopLaw.couponDays) * 86_400, isRedeemed ? 1 : 0, time ?? issued)
    }
    couponPercent = 0
  }

  private mutating func receiveMessage<Recorder: ShopRecorder>(
    day: Int, clock: DayClock, stream: inout RandomStream, into recorder: inout Recorder
  ) {
    let silence = day - lastOrderDay
    let isWinBack = silence == ShopLaw.winBackAtDays
    guard isWinBack || day % ShopLaw.newsletterEvery == 3, silence <= ShopLaw.lastMessageAtDays
    else { return }
    let isOpened = stream.bernoulli(ShopLaw.openChance(warmth: warmth))
    let isClicked = isOpened && stream.bernoulli(0.25)
    if isOpened { warmth += ShopLaw.warmthOfOpen }
    if isClicked {
      warmth += ShopLaw.warmthOfClick
      clickDay = day
    }
    if Recorder.isKeeping {
      // A mail program that fetches every picture: a trait of the customer, so drawn from the number.
      let isMachine = messageChannel == 0 && number % 7 == 0
      recorder.add(
        .messages, number, clock.time(hour: isWinBack ? 17 : 10), messageChannel, isWinBack ? 1 : 0,
        isOpened ? 1 : 0, isMachine ? 1 : 0, isClicked ? 1 : 0)
    }
    if stream.bernoulli(ShopLaw.optOutShare) {
      isReachable = false
      if Recorder.isKeeping { recorder.add(.consents, number, clock.time(hour: 20), messageChannel, 0) }
    }
  }

  private mutating func visit<Recorder: ShopRecorder>(
    clock: DayClock, stream: inout RandomStream, into recorder: inout Recorder
  ) {
    let count = stream.poisson(mean: ShopLaw.visitRate * warmth)
    if count == 0 { return }
    warmth += ShopLaw.warmthOfVisit * Double(count)
    if !Recorder.isKeeping { return }
    for _ in 0..<count {
      let time = clock.time(&stream, from: 7, to: 22)
      recorder.add(
        .visits, number, time, stream.bernoulli(0.6) ? 0 : 1, stream.bernoulli(0.8) ? 1 : 0, 0)
      if stream.bernoulli(ShopLaw.cartShare) { recorder.add(.carts, number, time + 240, 1) }
    }
  }
}

/// The times of one day on the shop's wall clock, in seconds since 1970-01-01T00:00 on it.
struct DayClock {
  let midnight: Int64

  /// - Parameter day: counted from 1970-01-01.
  init(day: Int64) { midnight = day * 86_400 }

  func time(hour: Int64) -> Int64 { midnight + hour * 3600 }

  /// A full minute between two hours.
  func time(_ stream: inout RandomStream, from first: Int64, to last: Int64) -> Int64 {
    midnight + first * 3600 + Int64(stream.integer(below: Int(last - first) * 60)) * 60
  }
}
