#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// A point in time, in microseconds since 1970-01-01T00:00:00Z, as the store keeps it.
public struct Instant: Hashable, Comparable, Sendable {
  public var microseconds: Int64

  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// The wall clock.
  public static var now: Instant {
    Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1e6))
  }

  public static func < (left: Instant, right: Instant) -> Bool { left.microseconds < right.microseconds }

  /// Seconds from `other` to this instant.
  public func seconds(since other: Instant) -> Double { Double(microseconds - other.microseconds) / 1e6 }

  public func advanced(bySeconds seconds: Double) -> Instant { Instant(microseconds: microseconds + Int64(seconds * 1e6)) }

  /// ISO 8601 in UTC with whole seconds: `2026-03-02T14:32:05Z`.
  public var text: String { String(decoding: CivilTime(self).bytes(fractionDigits: 0), as: UTF8.self) }

  /// ISO 8601 in UTC with milliseconds.
  public var textWithMilliseconds: String { String(decoding: CivilTime(self).bytes(fractionDigits: 3), as: UTF8.self) }

  /// ISO 8601 in UTC with microseconds, all that the store keeps.
  public var textWithMicroseconds: String { String(decoding: CivilTime(self).bytes(fractionDigits: 6), as: UTF8.self) }
}
