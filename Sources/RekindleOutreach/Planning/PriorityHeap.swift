/// A binary heap: the least key first.
struct PriorityHeap<Key: Comparable> {
  private var items: [(key: Key, value: Int32)]

  init() {
    items = []
  }

  /// - Parameter sorted: ascending by key; an ascending array is a heap already.
  init(sorted: [(key: Key, value: Int32)]) {
    items = sorted
  }

  var first: (key: Key, value: Int32)? { items.first }

  mutating func push(_ key: Key, _ value: Int32) {
    items.append((key, value))
    var child = items.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      if items[parent].key <= items[child].key { return }
      items.swapAt(parent, child)
      child = parent
    }
  }

  @discardableResult
  mutating func pop() -> (key: Key, value: Int32)? {
    guard let top = items.first, let last = items.popLast() else { return nil }
    if items.isEmpty { return top }
    items[0] = last
    var parent = 0
    while true {
      var child = 2 * parent + 1
      if child >= items.count { break }
      if child + 1 < items.count, items[child + 1].key < items[child].key { child += 1 }
      if items[parent].key <= items[child].key { break }
      items.swapAt(parent, child)
      parent = child
    }
    return top
  }
}
