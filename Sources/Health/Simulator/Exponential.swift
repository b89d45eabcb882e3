#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// e to the power given; the one place outside the generator that needs the C library.
func exponential(_ power: Double) -> Double { exp(power) }
