/// A straight-line program over columns: each step reads earlier steps and fills one column.
///
/// The same few operations run in three spaces: over events (conditions), over rows (features) and
/// over the groups of rows (`by`). Only the leaves differ, so whoever runs a program fills those.
/// A column at a time keeps the price of interpretation at one dispatch a step and a block.
struct Program: Sendable {
  enum Operation: Hashable, Sendable {
    /// The bits of a number, so that the missing number equals itself.
    case constant(UInt64)
    /// Filled by the runner; the number is its own.
    case leaf(Int)
    case negate, not, isMissing
    case binary(BinaryOperator)
    /// Whether the input is one of the numbers (bits).
    case member([UInt64])
    case call(Function)
    /// With the bits of the model's parameters.
    case expectation(Expectation, [UInt64])
  }

  struct Step: Hashable, Sendable {
    var operation: Operation
    /// Indices of earlier steps.
    var inputs: [Int]
  }

  private(set) var steps: [Step] = []
  private var known: [Step: Int] = [:]
  /// The register of each step, and how many registers there are; set by `allocateRegisters`.
  private(set) var registers: [Int] = []
  private(set) var registerCount = 0

  /// The index of a step, which is added when it is not there yet: equal steps are computed once.
  mutating func step(_ operation: Operation, _ inputs: [Int] = []) -> Int {
    let step = Step(operation: operation, inputs: inputs)
    if let index = known[step] { return index }
    steps.append(step)
    known[step] = steps.count - 1
    return steps.count - 1
  }

  mutating func constant(_ value: Double) -> Int { step(.constant(value.bitPattern)) }

  /// Gives every step a register and takes it back after the last step that reads it, but for
  /// `results`, which stay. A step never writes over what it reads.
  mutating func allocateRegisters(results: [Int]) {
    var lastUse = Array(steps.indices)
    for (index, step) in steps.enumerated() {
      for input in step.inputs { lastUse[input] = index }
    }
    for result in results { lastUse[result] = steps.count }
    var free: [Int] = []
    registers = []
    registerCount = 0
    for (index, step) in steps.enumerated() {
      if let register = free.popLast() {
        registers.append(register)
      } else {
        registers.append(registerCount)
        registerCount += 1
      }
      for input in Set(step.inputs).sorted() where lastUse[input] == index { free.append(registers[input]) }
      if lastUse[index] == index { free.append(registers[index]) }
    }
  }

  /// Runs the program over columns of `count` values; register `r` is at `base + r · stride`.
  func run(
    count: Int, base: UnsafeMutablePointer<Double>, stride: Int,
    leaf: (_ leaf: Int, _ inputs: [Int], _ out: UnsafeMutablePointer<Double>) -> Void
  ) {
    for (index, step) in steps.enumerated() {
      let out = base + registers[index] * stride
      switch step.operation {
      case .constant(let bits): out.update(repeating: Double(bitPattern: bits), count: count)
      case .leaf(let number): leaf(number, step.inputs, out)
      default:
        step.operation.apply(
          to: step.inputs.map { UnsafePointer(base + registers[$0] * stride) }, count: count, out: out)
      }
    }
  }

  /// Where the column of a step is after a run.
  func column(_ step: Int, base: UnsafeMutablePointer<Double>, stride: Int) -> UnsafePointer<Double> {
    UnsafePointer(base + registers[step] * stride)
  }
}
