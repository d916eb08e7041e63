/// How two proportions are compared: where the p-value comes from, and both intervals.
///
/// | method | p-value | interval of the difference | interval of the lift |
/// |---|---|---|---|
/// | `miettinen_nurminen` | pooled score test | Miettinen–Nurminen | Miettinen–Nurminen |
/// | `newcombe` | pooled score test | Newcombe's hybrid score | Donner–Zou of the same Wilson intervals |
/// | `wald` | difference / unpooled error | difference ± z error | delta method |
/// | `agresti_caffo` | Wald, a success and a failure added to each arm | the same | the same |
/// | `delta` | lift / its error by the delta method | Wald | lift ± z error |
/// | `log_delta` | ln ratio / its error | Wald | exp(ln ratio ± z error) − 1 |
/// | `boschloo` `fisher` `barnard` `mid_p` | the exact test of that name | as `miettinen_nurminen` | the same |
///
/// The pooled score test is `prop.test(correct = FALSE)` of R: no continuity correction, which `prop.test` and
/// tea-tasting apply unless told not to. The intervals of Miettinen and Nurminen widen the variance by
/// N / (N − 1) (N: units of both arms) and the test does not (that of statsmodels does), so that the
/// interval may just hold 0 where p is below α by a part in about 2 N. An exact p-value and the score
/// interval beside it may disagree more, near the boundary: with few units an exact test, which never
/// rejects too often at any rate, asks for more than the interval, which is right on average. Of the other
/// methods (but for `newcombe`, whose intervals have no test) the p-value and the interval that it names
/// agree.
public enum ProportionMethod: String, Sendable, Hashable, Codable, CaseIterable {
  case miettinenNurminen = "miettinen_nurminen"
  case newcombe
  case wald
  case agrestiCaffo = "agresti_caffo"
  case delta
  case logDelta = "log_delta"
  case boschloo
  case fisher
  case barnard
  case midP = "mid_p"
}
