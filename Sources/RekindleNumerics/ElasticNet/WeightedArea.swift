/// The area under the ROC curve of weighted rows: the probability that a row of class 1 scores above
/// one of class 0, each drawn by weight, ties counting one half.
///
///     A = Σᵢ:yᵢ=1 Σⱼ:yⱼ=0 wᵢ wⱼ ( [sᵢ > sⱼ] + ½ [sᵢ = sⱼ] ) / (W₁ W₀)
///
/// - Returns: missing where one class has no weight.
func weightedArea(scores: [Double], labels: [Double], weights: [Double]) -> Double {
  let order = scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
  var below = 0.0  // weight of class 0 with a lower score
  var positive = 0.0
  var sum = 0.0
  var place = 0
  while place < order.count {
    let score = scores[order[place]]
    var tied = (zero: 0.0, one: 0.0)
    while place < order.count, scores[order[place]] == score {
      let row = order[place]
      if labels[row] == 1 { tied.one += weights[row] } else { tied.zero += weights[row] }
      place += 1
    }
    sum += tied.one * (below + 0.5 * tied.zero)
    below += tied.zero
    positive += tied.one
  }
  return positive > 0 && below > 0 ? sum / (positive * below) : .nan
}
