internal import RekindleNumerics

/// One customer's rows in every table, made day by day.
struct CustomerHistory {
  /// The tables, by their raw value.
  private(set) var rows: RowsOfTables
  private var state: CustomerState
  private var stream: RandomStream
  private let law: ShopLaw
  private let orderChannel: Int64
  private let tastes: [Double]
  private let priceLevel: Double
  /// The hidden rate Λ, orders a day at m = 1.
  private let rate: Double
  private var orderCount: Int64 = 0
  private var lastOrderTime: Int64 = 0
  /// Days on which an order fell, in order: the label is read from it.
  private(set) var orderDays: [Int] = []

  /// Draws the customer and takes the first order.
  init(number: Int, days: Int, law: ShopLaw, stream: RandomStream, rows: consuming RowsOfTables) {
    var stream = stream
    self.law = law
    self.rows = rows
    rate = stream.gamma(shape: ShopLaw.rateShape) / ShopLaw.rateRate
    // More customers join early than late: the shop opens with a stock of them.
    let u = stream.uniform()
    let joined = Int(u * u * Double(days))
    tastes = ShopCatalogue.categories.map { _ in stream.gamma(shape: 0.4) + 1e-9 }
    priceLevel = 0.7 + 0.6 * stream.uniform()
    orderChannel = Int64(stream.categorical([0.55, 0.3, 0.15]))
    state = CustomerState(
      number: Int64(number), lastOrderDay: joined,
      messageChannel: Int64(stream.categorical([0.7, 0.2, 0.1])), isReachable: stream.bernoulli(0.88))
    self.stream = stream
    let clock = DayClock(day: Int64(law.firstDay) + Int64(joined))
    self.rows.add(
      .consents, Int64(number), clock.time(hour: 6), state.messageChannel, state.isReachable ? 1 : 0)
    takeOrder(day: joined)
  }

  /// Lives the days after the first order up to `days`, and hands the state at the midnight that
  /// begins each of `asOf` to `observe`.
  mutating func live(days: Int, asOf: [Int], observe: (_ moment: Int, _ state: CustomerState) -> Void) {
    var next = asOf.firstIndex { $0 > state.lastOrderDay } ?? asOf.count
    for day in state.lastOrderDay + 1..<max(days, state.lastOrderDay + 1) {
      if next < asOf.count, asOf[next] == day {
        observe(next, state)
        next += 1
      }
      let m = state.live(day: day, law: law, stream: &stream, into: &rows)
      state.exposure += m
      let orders = stream.poisson(mean: rate * m)
      for _ in 0..<orders {
        state.repeats += 1
        takeOrder(day: day)
      }
    }
    if next < asOf.count, asOf[next] == days { observe(next, state) }
    if state.hasCoupon { state.endCoupon(at: nil, isRedeemed: false, law: law, into: &rows) }
  }

  private mutating func takeOrder(day: Int) {
    let clock = DayClock(day: Int64(law.firstDay) + Int64(day))
    // A second order of a day comes after the first.
    let time = max(clock.time(&stream, from: 7, to: 22), lastOrderTime + 1800)
    lastOrderTime = time
    let number = state.number
    orderCount += 1
    orderDays.append(day)
    let order = state.identifier(orderCount)
    let channel = stream.bernoulli(0.85) ? orderChannel : Int64(stream.integer(below: 3))
    if channel < 2 {
      rows.add(.visits, number, time - 900, channel, 1, 1)
      rows.add(.carts, number, time - 300, 0)
    }
    let usesCoupon = state.hasCoupon && stream.bernoulli(0.8)
    // A sale touches one order in eight.
    let percent = usesCoupon ? state.couponPercent : stream.bernoulli(0.125) ? 20 : 0
    let amount = fillBasket(order: order, time: time, channel: channel, percent: percent, coupon: usesCoupon)
    if usesCoupon {
      state.endCoupon(at: time, isRedeemed: true, law: law, into: &rows)
    }
    settlePoints(amount: amount, time: time)
    if state.parcel >= 0 { rows.add(.deliveries, number, time - 1800, state.parcel, 0) }
    (state.parcel, state.parcelDay, state.parcelAmount) = (order, day, amount)
    if channel == 2 { state.parcel = -1 }
    state.fadedSpend += Double(amount)
    state.lastOrderDay = day
    state.warmth = min(ShopLaw.warmthCap, state.warmth + ShopLaw.warmthOfOrder)
  }

  /// The lines of an order: a warm customer takes more of them, and from more categories.
  /// - Returns: what is paid, in hundredths.
  private mutating func fillBasket(
    order: Int64, time: Int64, channel: Int64, percent: Int64, coupon: Bool
  ) -> Int64 {
    let lines = 1 + min(5, stream.poisson(mean: 0.7 * state.warmth))
    var paid: Int64 = 0
    var greatest: Int64 = -1
    var category = stream.categorical(tastes)
    for line in 0..<lines {
      if line > 0, stream.bernoulli(0.6) { category = stream.categorical(tastes) }
      let product =
        category * ShopCatalogue.productsPerCategory
        + stream.integer(below: ShopCatalogue.productsPerCategory)
      let quantity = 1 + Int64(stream.poisson(mean: 0.25))
      let step = Double(product % ShopCatalogue.productsPerCategory)
      let price = ShopCatalogue.categories[category].price * priceLevel * (0.7 + 0.055 * step)
      // Prices end in 9 of the smallest coin but one, as prices do: 12.90, 31.40 …
      let gross = quantity * max(100, Int64(price / 10) * 10)
      let discount = gross * percent / 100
      paid += gross - discount
      if gross > greatest {
        greatest = gross
        state.cycle = ShopCatalogue.categories[category].cycle
      }
      rows.add(
        .orders, state.number, time, order, Int64(product), Int64(category), quantity, gross, discount,
        gross - discount, channel, coupon ? 1 : 0)
    }
    return paid
  }

  private mutating func settlePoints(amount: Int64, time: Int64) {
    if state.points >= ShopLaw.pointsToRedeem, stream.bernoulli(0.5) {
      rows.add(.points, state.number, time, 1, state.points, 0)
      state.points = 0
    }
    let earned = amount / 100
    if earned == 0 { return }
    state.points += earned
    rows.add(.points, state.number, time + 60, 0, earned, state.points)
  }
}

/// Rows by table.
struct RowsOfTables: ShopRecorder, Sendable {
  static var isKeeping: Bool { true }
  private(set) var tables = ShopTable.allCases.map { ShopRows(table: $0) }

  @inline(__always)
  mutating func add(_ table: ShopTable, _ cells: Int64...) {
    for cell in cells { tables[table.rawValue].append(cell: cell) }
  }

  mutating func append(_ other: RowsOfTables) {
    for index in tables.indices { tables[index].append(other.tables[index]) }
  }
}
