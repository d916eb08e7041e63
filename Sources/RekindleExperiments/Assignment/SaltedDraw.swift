/// A number of [0, 1) for every text: the same for the same salt and text, and as good as independent
/// between salts and between texts.
///
/// ```
/// key  = (h₀(purpose ␀ salt), h₁(purpose ␀ salt))      h₀ h₁: SipHash-2-4 under two fixed keys
/// draw = ⌊h_key(text) / 2¹¹⌋ · 2⁻⁵³
/// ```
/// The salt makes the key and is not glued before the id: `a` + `bc` and `ab` + `c` are then two different
/// things. 2⁵³ equally likely values: no bucket count, no remainder that favours the first buckets.
package struct SaltedDraw: Sendable, Hashable {
  /// What a draw is for; draws of one salt for different purposes are independent.
  package enum Purpose: String, Sendable {
    /// Where in its layer's range a unit lies.
    case layer
    /// Whether a unit is held out of all experiments of a layer.
    case layerHoldout = "layer holdout"
    /// Whether a unit is held out of an experiment that has no layer.
    case holdout
    /// At which coverage of the ramp a unit comes in.
    case coverage
    case arm
    /// The order in which the units of a batch are taken, and the seed of their dealing.
    case batch
    /// The fingerprint of a definition.
    case fingerprint
  }

  package let hash: SipHash

  package init(_ purpose: Purpose, salt: String) {
    let text = purpose.rawValue + "\0" + salt
    // The first digits of π and of e in hexadecimal: numbers with nothing up their sleeve.
    let first = SipHash(key0: 0x243F_6A88_85A3_08D3, key1: 0x1319_8A2E_0370_7344)
    let second = SipHash(key0: 0xB7E1_5162_8AED_2A6A, key1: 0xBF71_5880_9CF4_F3C7)
    hash = SipHash(key0: first(text), key1: second(text))
  }

  package func callAsFunction(_ bytes: UnsafeRawBufferPointer) -> Double {
    Double(hash(bytes) >> 11) * 0x1p-53
  }

  package func callAsFunction(_ text: String) -> Double {
    Double(hash(text) >> 11) * 0x1p-53
  }
}
