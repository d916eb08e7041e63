import Foundation
import RekindleCore
import RekindleStatistics
import Testing

/// Error rates of the estimators of means, by simulation.
///
/// With `REKINDLE_SIMULATION_RUNS` set (10,000 a release build affords) every population and size is run
/// and the shares are printed; without it a few hundred seeded runs are checked.
@Suite struct MeansSimulationTests {
  @Test func falseAlarmsAndCoverageAreAsPromised() {
    let runs = 200
    for population in [MeansSimulation.Population.normal, .revenue] {
      let simulation = MeansSimulation(population: population, units: (200, 200), seed: 31)
      for (name, tally) in zip(MeansSimulation.names, simulation.run(runs, workers: Workers(2))) {
        // 10 are expected, with a standard deviation of 3.1.
        for (what, count) in [
          ("alarms", tally.falseAlarms), ("difference", tally.differenceMissed), ("lift", tally.liftMissed),
        ] {
          #expect((1...22).contains(count), "\(population) \(name) \(what): \(count) of \(runs)")
        }
      }
    }
  }

  @Test(
    .enabled(
      if: ProcessInfo.processInfo.environment["REKINDLE_SIMULATION_RUNS"] != nil,
      "set REKINDLE_SIMULATION_RUNS to the number of runs"))
  func table() throws {
    let runs = Int(ProcessInfo.processInfo.environment["REKINDLE_SIMULATION_RUNS"] ?? "") ?? 100
    func percent(_ share: Double) -> String { String(format: "%6.2f", 100 * share) }
    print(
      "population n_control n_variant estimator  false alarms %  coverage difference %  coverage lift %  unbounded %"
    )
    for population in MeansSimulation.Population.allCases {
      for units in [(200, 200), (1000, 1000), (10_000, 10_000), (1800, 200), (9000, 1000)] {
        let simulation = MeansSimulation(population: population, units: units, seed: 7)
        for (name, tally) in zip(MeansSimulation.names, simulation.run(runs, workers: Workers(2))) {
          print(
            population.rawValue, units.0, units.1, name, percent(tally.share(tally.falseAlarms)),
            percent(1 - tally.share(tally.differenceMissed)), percent(1 - tally.share(tally.liftMissed)),
            percent(tally.share(tally.unbounded)))
        }
      }
    }
  }
}
