internal import CDuckDB
internal import Foundation
internal import RekindleCore

/// Columns as the Arrow C data interface hands them over: a schema, then batches until none is left.
///
/// DuckDB scans such a stream on all its threads and keeps the order of its rows, which it does not
/// do for a table function of ours.
final class ArrowExport {
  /// The columns of the next rows, or `nil` at the end; always the names and types of the first.
  typealias Next = () throws(Diagnostic) -> [OutputColumn]?

  private var first: [OutputColumn]
  private var isFirstTaken = false
  private let next: Next
  /// Why the stream broke off.
  private(set) var failure: Diagnostic?
  private var stream = ArrowArrayStream()

  /// - Parameter first: the first rows, which also say the columns' names and types.
  init(first: [OutputColumn], next: @escaping Next) {
    self.first = first
    self.next = next
  }

  /// The stream, valid inside `body`.
  func withStream<Result>(
    _ body: (UnsafeMutablePointer<ArrowArrayStream>) throws(Diagnostic) -> Result
  ) throws(Diagnostic) -> Result {
    stream.private_data = Unmanaged.passUnretained(self).toOpaque()
    stream.get_schema = { stream, schema in
      guard let export = ArrowExport.of(stream), let schema else { return EINVAL }
      schema.pointee = ArrowSchema(of: export.first)
      return 0
    }
    stream.get_next = { stream, array in
      guard let export = ArrowExport.of(stream), let array else { return EINVAL }
      return export.fill(array)
    }
    stream.get_last_error = { _ in nil }
    stream.release = { $0?.pointee.release = nil }
    let stream = UnsafeMutablePointer<ArrowArrayStream>.allocate(capacity: 1)
    stream.initialize(to: self.stream)
    defer { stream.deallocate() }
    return try body(stream)
  }

  private static func of(_ stream: UnsafeMutablePointer<ArrowArrayStream>?) -> ArrowExport? {
    guard let context = stream?.pointee.private_data else { return nil }
    return Unmanaged<ArrowExport>.fromOpaque(context).takeUnretainedValue()
  }

  private func fill(_ array: UnsafeMutablePointer<ArrowArray>) -> Int32 {
    do throws(Diagnostic) {
      if !isFirstTaken {
        isFirstTaken = true
        array.pointee = ArrowArray(of: first)
        for index in first.indices { first[index].values = first[index].values.empty }
      } else if let columns = try next() {
        array.pointee = ArrowArray(of: columns)
      } else {
        // An array without a release function is the end.
        array.pointee = ArrowArray()
      }
      return 0
    } catch {
      failure = error
      return EIO
    }
  }
}

extension OutputColumn.Values {
  /// The type without the values.
  fileprivate var empty: Self {
    switch self {
    case .number: .number([])
    case .integer: .integer([])
    case .text: .text([])
    case .category: .category(codes: [], words: [])
    case .flag: .flag([])
    case .time: .time([])
    }
  }

  /// As the Arrow specification writes types.
  fileprivate var format: String {
    switch self {
    case .number: "g"
    case .integer: "l"
    case .text: "u"
    case .category: "i"
    case .flag: "b"
    case .time: "tsu:UTC"
    }
  }
}

extension ArrowSchema {
  /// A struct of the columns; released by whoever receives it.
  fileprivate init(of columns: [OutputColumn]) {
    self.init(
      format: "+s", name: "", isNullable: false,
      children: columns.map { column in
        var dictionary: ArrowSchema?
        if case .category = column.values { dictionary = ArrowSchema(format: "u", name: "") }
        return ArrowSchema(format: column.values.format, name: column.name, dictionary: dictionary)
      })
  }

  private init(
    format: String, name: String, isNullable: Bool = true, dictionary: ArrowSchema? = nil,
    children own: [ArrowSchema] = []
  ) {
    self.init()
    self.format = UnsafePointer(strdup(format))
    self.name = UnsafePointer(strdup(name))
    flags = isNullable ? 2 : 0
    n_children = Int64(own.count)
    children = .allocate(capacity: own.count)
    for (index, child) in own.enumerated() { children[index] = boxed(child) }
    self.dictionary = dictionary.map(boxed)
    release = { schema in
      guard let schema else { return }
      Foundation.free(UnsafeMutablePointer(mutating: schema.pointee.format))
      Foundation.free(UnsafeMutablePointer(mutating: schema.pointee.name))
      for index in 0..<Int(schema.pointee.n_children) { unbox(schema.pointee.children[index]) }
      schema.pointee.children.deallocate()
      unbox(schema.pointee.dictionary)
      schema.pointee.release = nil
    }
  }
}

extension ArrowArray {
  /// A struct of the columns; released by whoever receives it.
  fileprivate init(of columns: [OutputColumn]) {
    self.init(
      count: columns.first?.count ?? 0, nulls: 0, buffers: [nil],
      children: columns.map { ArrowArray($0.values) })
  }

  private init(_ values: OutputColumn.Values) {
    switch values {
    case .number(let values):
      let (bits, nulls) = validity(values.count) { !values[$0].isNaN }
      self.init(count: values.count, nulls: nulls, buffers: [bits, copied(values)])
    case .integer(let values):
      self.init(count: values.count, nulls: 0, buffers: [nil, copied(values)])
    case .time(let values):
      let (bits, nulls) = validity(values.count) { values[$0] != .distantPast }
      self.init(count: values.count, nulls: nulls, buffers: [bits, copied(values)])
    case .flag(let values):
      let (bits, nulls) = validity(values.count) { values[$0] <= 1 }
      let (flags, _) = validity(values.count) { values[$0] == 1 }
      self.init(count: values.count, nulls: nulls, buffers: [bits, flags])
    case .text(let values):
      self.init(values)
    case .category(let codes, let words):
      let (bits, nulls) = validity(codes.count) { codes[$0] >= 0 }
      // An index under a null is looked at by some readers.
      let indices = copied(codes.map { max(0, $0) })
      self.init(
        count: codes.count, nulls: nulls, buffers: [bits, indices],
        dictionary: ArrowArray(words.isEmpty ? [""] : words))
    }
  }

  private init(_ texts: [String]) {
    var ends = [Int32](repeating: 0, count: texts.count + 1)
    var bytes: [UInt8] = []
    for (index, text) in texts.enumerated() {
      bytes.append(contentsOf: text.utf8)
      ends[index + 1] = Int32(bytes.count)
    }
    self.init(count: texts.count, nulls: 0, buffers: [nil, copied(ends), copied(bytes)])
  }

  private init(
    count: Int, nulls: Int, buffers own: [UnsafeMutableRawPointer?], children ownChildren: [ArrowArray] = [],
    dictionary: ArrowArray? = nil
  ) {
    self.init()
    length = Int64(count)
    null_count = Int64(nulls)
    n_buffers = Int64(own.count)
    buffers = .allocate(capacity: own.count)
    for (index, buffer) in own.enumerated() { buffers[index] = UnsafeRawPointer(buffer) }
    n_children = Int64(ownChildren.count)
    children = .allocate(capacity: ownChildren.count)
    for (index, child) in ownChildren.enumerated() { children[index] = boxed(child) }
    self.dictionary = dictionary.map(boxed)
    release = { array in
      guard let array else { return }
      for index in 0..<Int(array.pointee.n_buffers) { array.pointee.buffers[index]?.deallocate() }
      array.pointee.buffers.deallocate()
      for index in 0..<Int(array.pointee.n_children) { unbox(array.pointee.children[index]) }
      array.pointee.children.deallocate()
      unbox(array.pointee.dictionary)
      array.pointee.release = nil
    }
  }
}

private func boxed<Value>(_ value: Value) -> UnsafeMutablePointer<Value> {
  let box = UnsafeMutablePointer<Value>.allocate(capacity: 1)
  box.initialize(to: value)
  return box
}

/// Releases what is in the box, unless somebody took it over, and the box.
private func unbox(_ schema: UnsafeMutablePointer<ArrowSchema>?) {
  schema?.pointee.release?(schema)
  schema?.deallocate()
}

private func unbox(_ array: UnsafeMutablePointer<ArrowArray>?) {
  array?.pointee.release?(array)
  array?.deallocate()
}

private func copied<Value>(_ values: [Value]) -> UnsafeMutableRawPointer {
  let memory = UnsafeMutableRawPointer.allocate(
    byteCount: max(8, values.count * MemoryLayout<Value>.stride), alignment: 64)
  values.withUnsafeBytes {
    if let base = $0.baseAddress { memory.copyMemory(from: base, byteCount: $0.count) }
  }
  return memory
}

/// A bit a row, least significant first, and how many are 0.
private func validity(
  _ count: Int, _ isSet: (Int) -> Bool
) -> (bits: UnsafeMutableRawPointer, nulls: Int) {
  let bytes = (count + 7) / 8
  let bits = UnsafeMutableRawPointer.allocate(byteCount: max(8, bytes), alignment: 64)
  var set = 0
  for byte in 0..<bytes {
    var value: UInt8 = 0
    for bit in 0..<min(8, count - 8 * byte) where isSet(8 * byte + bit) { value |= 1 << UInt8(bit) }
    set += value.nonzeroBitCount
    bits.storeBytes(of: value, toByteOffset: byte, as: UInt8.self)
  }
  return (bits, count - set)
}
