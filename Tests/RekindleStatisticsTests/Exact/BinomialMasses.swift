import RekindleNumerics

/// All masses of a binomial distribution.
struct BinomialMasses {
  private let masses: [Double]

  init(_ trials: Int, _ rate: Double) {
    let binomial = Binomial(trials: trials, probability: rate)
    masses = (0...trials).map { binomial.mass($0) }
  }

  subscript(_ k: Int) -> Double { masses[k] }
}
