#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// xoshiro256** seeded by SplitMix64: the same numbers on every machine, and a stream of its own for every purpose.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: (UInt64, UInt64, UInt64, UInt64)
  private var spareNormal: Double?

  /// A stream of its own for each seed and purpose, so that drawing more for one purpose changes no other.
  public init(seed: UInt64, stream: UInt64...) {
    var mixed = Self.mix(seed &+ 0x9e37_79b9_7f4a_7c15)
    for part in stream { mixed = Self.mix(mixed ^ Self.mix(part &+ 0x9e37_79b9_7f4a_7c15)) }
    var words: [UInt64] = []
    for _ in 0..<4 {
      mixed &+= 0x9e37_79b9_7f4a_7c15
      words.append(Self.mix(mixed))
    }
    state = (words[0], words[1], words[2], words[3])
  }

  /// SplitMix64's finalizer; different numbers stay different.
  static func mix(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  public mutating func next() -> UInt64 {
    let product = state.1 &* 5
    let result = ((product << 7) | (product >> 57)) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = (state.3 << 45) | (state.3 >> 19)
    return result
  }

  /// Between 0 and 1, never 0.
  mutating func unit() -> Double {
    (Double(next() >> 11) + 0.5) * 0x1p-53
  }

  /// Whole, from 0 to below the bound.
  mutating func below(_ bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// Whole, between the bounds, both included.
  mutating func between(_ low: Int64, _ high: Int64) -> Int64 {
    low + Int64(below(Int(high - low + 1)))
  }

  /// Exponential with the mean given.
  mutating func exponential(mean: Double) -> Double {
    -log(unit()) * mean
  }

  /// Normal with mean 0 and deviation 1, by the polar method.
  mutating func normal() -> Double {
    if let spare = spareNormal {
      spareNormal = nil
      return spare
    }
    while true {
      let x = 2 * unit() - 1
      let y = 2 * unit() - 1
      let square = x * x + y * y
      if square < 1, square > 0 {
        let factor = (-2 * log(square) / square).squareRoot()
        spareNormal = y * factor
        return x * factor
      }
    }
  }

  /// Log-normal with the median and the deviation of its logarithm.
  mutating func logNormal(median: Double, sigma: Double) -> Double {
    median * exp(sigma * normal())
  }

  /// An index, each as likely as its weight.
  mutating func pick(_ weights: [Double]) -> Int {
    let total = weights.reduce(0, +)
    var rest = unit() * total
    for (index, weight) in weights.enumerated() where weight > 0 {
      rest -= weight
      if rest <= 0 { return index }
    }
    return weights.lastIndex { $0 > 0 } ?? 0
  }
}
