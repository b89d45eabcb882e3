import Lakehouse
import Testing

/// The accepted written forms, one by one.
@Suite struct ParsingTextFormsTests {
  private func read<Value>(_ text: String, _ form: (TextForms.Bytes) -> Value?) -> Value? {
    Array(text.utf8).withUnsafeBufferPointer(form)
  }

  @Test(arguments: [("0", 0), ("-0", 0), ("+7", 7), ("-7", -7), ("007", 7), ("999999999", 999_999_999), ("-999999999", -999_999_999), ("5.000", 5)])
  func `a whole number in an accepted form is read`(text: String, value: Int64) {
    #expect(read(text, TextForms.integer) == value)
  }

  @Test(arguments: ["", "-", "+", "1000000000", "0000000001", "1.", ".0", "1.5", "1.01", "1e3", "0x1", "+-1", "1 ", " 1", "١", "1_0"])
  func `a whole number in another form is refused`(text: String) { #expect(read(text, TextForms.integer) == nil) }

  @Test(arguments: [("0", 0), ("-1.5", -1.5), ("+2.25", 2.25), ("0.1", 0.1), ("123456789.987654321", 123_456_789.987654321), ("1.50", 1.5)])
  func `a number with a point is the nearest double`(text: String, value: Double) { #expect(read(text, TextForms.double) == value) }

  @Test(arguments: ["", ".", "1.", ".5", "1e5", "inf", "nan", "1.1234567890", "1234567890", "1,5", "--1", "0x1p3"])
  func `a number with a point in another form is refused`(text: String) { #expect(read(text, TextForms.double) == nil) }

  @Test(arguments: [
    ("1970-01-01", 0), ("1970-01-02", 1), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2024-02-29", 19_782), ("0001-01-01", -719_162),
    ("9999-12-31", 2_932_896),
  ])
  func `a date is the days since 1970`(text: String, days: Int32) { #expect(read(text, TextForms.date) == days) }

  @Test(arguments: [
    "", "0000-01-01", "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-10", "2024-04-31", "2024-01-00", "2024-1-01", "2024/01/01", "2024-01-01T",
    "20240101",
  ])
  func `what is no day of the calendar is refused`(text: String) { #expect(read(text, TextForms.date) == nil) }

  @Test(arguments: [
    ("1970-01-01T00:00", 0), ("1970-01-01 00:00:01", 1_000_000), ("1970-01-01T00:00:00.5Z", 500_000), ("1970-01-01T00:00:00.123456789", 123_456),
    ("1970-01-01T02:00:00+02:00", 0), ("1970-01-01T02:00+02", 0), ("1970-01-01T05:45:00+0545", 0), ("1969-12-31T19:00:00-05:00", 0),
    ("1969-12-31T23:59:59.999999z", -1), ("2024-03-01T07:30:00", 1_709_278_200_000_000), ("1970-01-01T15:59:00+15:59", 0),
    ("1970-01-01T00:00-00:30", 1_800_000_000),
  ])
  func `an instant is the microseconds since 1970, its offset taken off`(text: String, micros: Int64) {
    #expect(read(text, TextForms.timestamp) == micros)
  }

  @Test(arguments: [
    "", "2024-01-01", "2024-01-01T", "2024-01-01T00", "2024-01-01T24:00", "2024-01-01T00:60", "2024-01-01T00:00:60", "2024-01-01T00:00:0",
    "2024-01-01T00:00:00.",
    "2024-01-01T00:00:00.1234567890", "2024-01-01T00:00.5", "2024-01-01t00:00", "2024-01-01T00:00:00+2", "2024-01-01T00:00:00+02:",
    "2024-01-01T00:00:00+16:00",
    "2024-01-01T00:00:00+02:60", "2024-01-01T00:00:00 Z", "2024-01-01T00:00:00ZZ", "2023-02-29T00:00:00", "1704067200",
  ])
  func `an instant in another form is refused`(text: String) { #expect(read(text, TextForms.timestamp) == nil) }
}
