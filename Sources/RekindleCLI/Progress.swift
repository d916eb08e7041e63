import Foundation
import Rekindle

/// One line on a terminal that says how far long work is, at what rate, and how long it will take;
/// nothing where standard error is not a terminal.
final class Progress {
  private let total: Int
  private let unit: String
  private let isShown: Bool
  private let begin = ContinuousClock.now
  private var shown = ContinuousClock.now - .seconds(1)

  init(total: Int, unit: String, isShown: Bool) {
    self.total = total
    self.unit = unit
    self.isShown = isShown && Terminal.errorIsTerminal
  }

  func report(_ done: Int) {
    let now = ContinuousClock.now
    guard isShown, done > 0, now - shown >= .milliseconds(200) else { return }
    shown = now
    let elapsed = (now - begin) / .seconds(1)
    let rate = Double(done) / max(elapsed, 1e-9)
    let left = Double(total - done) / rate
    let text = "\r\u{1B}[K\(done) of \(total) \(unit), \(Int(rate))/s, \(Int(left.rounded(.up))) s left"
    FileHandle.standardError.write(Data(text.utf8))
  }

  func finish() {
    if isShown { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
  }
}
