internal import RekindleCore

/// Customers that one thread works on at a time. Fixed, so that nothing depends on the number of threads.
let customersPerBlock = 8192

/// The values of all customers, block by block.
func byBlock<Value: Sendable>(
  _ count: Int, _ workers: Workers, _ body: @Sendable (Range<Int>) -> [Value]
) -> [Value] {
  let blocks = (count + customersPerBlock - 1) / customersPerBlock
  let parts = workers.map(blocks: blocks) { block in
    body(block * customersPerBlock..<min(count, (block + 1) * customersPerBlock))
  }
  if parts.count == 1 { return parts[0] }
  var all: [Value] = []
  all.reserveCapacity(count)
  for part in parts { all.append(contentsOf: part) }
  return all
}
