/// One value of a row or a parameter. Instants are microseconds since 1970-01-01T00:00:00Z, dates days since 1970-01-01.
public enum Value: Hashable, Sendable {
  case null
  case boolean(Bool)
  case integer(Int64)
  case double(Double)
  /// A number DuckDB holds exactly and `Int64` or `Double` would not: HUGEINT, UBIGINT above Int64, DECIMAL.
  case number(String)
  case text(String)
  case blob([UInt8])
  case timestamp(Int64)
  case timestampWithZone(Int64)
  case date(Int32)
  case list([Value])
  case structure([String: Value])

  public var int64: Int64? {
    switch self {
    case .integer(let value): value
    case .number(let text): Int64(text)
    case .double(let value): Int64(exactly: value)
    case .timestamp(let micros), .timestampWithZone(let micros): micros
    default: nil
    }
  }

  public var double: Double? {
    switch self {
    case .double(let value): value
    case .integer(let value): Double(value)
    case .number(let text): Double(text)
    default: nil
    }
  }

  public var string: String? {
    if case .text(let text) = self { return text }
    return nil
  }

  public var bool: Bool? {
    if case .boolean(let value) = self { return value }
    return nil
  }

  public var isNull: Bool { self == .null }
}

extension Value: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral {
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(stringLiteral value: String) { self = .text(value) }
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
}
