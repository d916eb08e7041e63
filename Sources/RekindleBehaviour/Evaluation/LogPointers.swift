internal import RekindleCore
internal import RekindleEvents

/// The columns of a log as plain memory, valid while `withPointers(to:)` runs.
struct LogPointers: @unchecked Sendable {
  struct Stream {
    var offsets: UnsafePointer<UInt32>
    var times: UnsafePointer<Instant>
    var recorded: UnsafePointer<Instant>?
    var attributes: [Attribute]
  }

  enum Attribute {
    case number(UnsafePointer<Double>)
    case codes(UnsafePointer<Int32>)
    case flag(UnsafePointer<UInt8>)
    case time(UnsafePointer<Instant>)
  }

  var streams: [Stream]

  /// Calls `body` with pointers to all arrays of a log, which stay where they are meanwhile.
  static func withPointers(to log: EventLog, _ body: (LogPointers) -> Void) {
    pin(log.streams[...], []) { body(LogPointers(streams: $0)) }
  }

  /// One level of recursion an array: each holds its array in place for those within.
  private static func pin(_ rest: ArraySlice<EventStream>, _ done: [Stream], _ body: ([Stream]) -> Void) {
    guard let stream = rest.first else { return body(done) }
    hold(stream.offsets) { offsets in
      hold(stream.times) { times in
        hold(stream.recorded ?? []) { recorded in
          pin(stream.attributes[...], []) { attributes in
            let pinned = Stream(
              offsets: offsets, times: times, recorded: stream.recorded == nil ? nil : recorded,
              attributes: attributes)
            pin(rest.dropFirst(), done + [pinned], body)
          }
        }
      }
    }
  }

  private static func pin(
    _ rest: ArraySlice<EventAttribute>, _ done: [Attribute], _ body: ([Attribute]) -> Void
  ) {
    guard let attribute = rest.first else { return body(done) }
    func next(_ pinned: Attribute) { pin(rest.dropFirst(), done + [pinned], body) }
    switch attribute.column {
    case .number(let values): hold(values) { next(.number($0)) }
    case .category(let codes, _): hold(codes) { next(.codes($0)) }
    case .flag(let values): hold(values) { next(.flag($0)) }
    case .time(let values): hold(values) { next(.time($0)) }
    }
  }

  private static func hold<Element>(_ array: [Element], _ body: (UnsafePointer<Element>) -> Void) {
    array.withUnsafeBufferPointer { buffer in
      // An empty array may have no memory; nobody reads from it.
      guard let base = buffer.baseAddress ?? UnsafePointer(bitPattern: 64) else { return }
      body(base)
    }
  }
}
