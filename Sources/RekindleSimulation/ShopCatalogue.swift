/// What the shop sells and the words that its tables use.
enum ShopCatalogue {
  struct Category: Sendable {
    let name: String
    /// Typical price of a product, in hundredths.
    let price: Double
    /// Days after which the usual buyer needs more; 0: no cycle.
    let cycle: Double
  }

  static let categories: [Category] = [
    Category(name: "coffee", price: 1450, cycle: 28),
    Category(name: "pet food", price: 2900, cycle: 35),
    Category(name: "cleaning", price: 990, cycle: 56),
    Category(name: "skin care", price: 2350, cycle: 70),
    Category(name: "vitamins", price: 1890, cycle: 60),
    Category(name: "kitchen", price: 3900, cycle: 0),
    Category(name: "home textiles", price: 4400, cycle: 0),
    Category(name: "toys", price: 2600, cycle: 0),
  ]
  static let categoryNames = categories.map(\.name)
  static let productsPerCategory = 12
  static let products = categories.flatMap { category in
    (1...productsPerCategory).map { "\(category.name.replacingBlank) \($0)" }
  }
  static let orderChannels = ["online", "app", "store"]
  static let messageChannels = ["email", "push", "sms"]
  static let campaigns = ["newsletter", "win-back"]
}

extension String {
  fileprivate var replacingBlank: String { String(map { $0 == " " ? "-" : $0 }) }
}
