import DuckDB
import Lakehouse
import Testing

/// What becomes of one record.
@Suite struct ParsingRecordTests {
  private func outcome(_ bytes: [UInt8]) throws -> RecordParser.Outcome {
    let parser = try RecordParser(schemas: ParsingSupport.schemas())
    return bytes.withUnsafeBytes { parser.parse($0) }
  }

  private func outcome(_ text: String) throws -> RecordParser.Outcome { try outcome(Array(text.utf8)) }

  @Test func `the field type tells the shape`() throws {
    #expect(try outcome("{}") == .shape(.stay))
    #expect(try outcome(#"{"type":null}"#) == .shape(.stay))
    #expect(try outcome(#"{"type":"admit"}"#) == .shape(.movement))
    #expect(try outcome(#"{"type":"department_changed"}"#) == .shape(.department))
    #expect(try outcome(#"{"type":"department\u005fchanged"}"#) == .shape(.department))
  }

  @Test func `a rejection event is told by its reason`() throws {
    #expect(try outcome(#"{"type":"rejected","reason":"too_large"}"#) == .rejected("too_large"))
    #expect(try outcome(#"{"type":"rejected","reason":"\u0074oo_large"}"#) == .rejected("too_large"))
    #expect(try outcome(#"{"type":"rejected"}"#) == .rejected("unknown_type"))
  }

  @Test(arguments: [
    "", "[]", "1", "{", "{\"a\":1,}", "{} {}", "{}x", "\u{feff}{}", "{'a':1}", "{\"a\":01}", "{\"a\":NaN}", "{\"a\":\"\u{1}\"}", #"{"a":"\ud800"}"#,
    #"{"a":"\x"}"#, "{1:1}",
  ])
  func `what RFC 8259 does not allow is malformed`(text: String) throws { #expect(try outcome(text) == .rejected("malformed_json")) }

  @Test func `bytes that are not UTF-8 are told from malformed JSON`() throws {
    for bytes: [UInt8] in [[0xff], [0x7b, 0xed, 0xa0, 0x80, 0x7d], [0xc0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x7b, 0x7d, 0xe2, 0x82]] {
      #expect(try outcome(bytes) == .rejected("invalid_utf8"))
    }
  }

  @Test func `nesting is read to its limit and no deeper`() throws {
    func nested(_ levels: Int) -> String { "{\"x\":" + String(repeating: "[", count: levels - 1) + String(repeating: "]", count: levels - 1) + "}" }
    #expect(try outcome(nested(64)) == .shape(.stay))
    #expect(try outcome(nested(65)) == .rejected("malformed_json"))
    #expect(try outcome(nested(100_000)) == .rejected("malformed_json"))
  }

  @Test func `wrong is told from missing`() throws {
    let row = try ParsingSupport.row(#"{"patient_id":"p","hospital_id":1,"age":"x","department":"","bed_id":null,"admission_time":5,"gender":{}}"#)
    #expect(row["wrong"] == "gender,age,admission_time")
    #expect(row["age"] == .null && row["department"] == .null && row["bed_id"] == .null)
  }

  @Test func `of a name that is given twice the first value counts`() throws {
    let row = try ParsingSupport.row(#"{"age":1,"age":2,"\u0061ge":3,"bed_id":null,"bed_id":"b"}"#)
    #expect(row["age"] == 1 && row["bed_id"] == .null && row["wrong"] == .null)
    let inner = try ParsingSupport.row(#"{"type":"admit","location":{"bed":"1","bed":"2"},"location":{"room":"9"}}"#, table: "movement")
    #expect(inner["bed_id"] == "1" && inner["room"] == .null)
  }

  @Test func `unknown names are sorted by their bytes, each told once, odd ones under one name`() throws {
    #expect(try ParsingSupport.row(#"{"z":1,"é":1,"Z":1,"a\u0062":1,"ab":1,"type":null}"#)["unknown"] == "Z,ab,type,z,é")
    #expect(try ParsingSupport.row(#"{"a,b":1,"":2,"c\u0000":3,"\#(String(repeating: "n", count: 65))":4}"#)["unknown"] == "?")
    let many = "{" + (10..<90).map { "\"u\($0)\":1" }.joined(separator: ",") + "}"
    #expect(try ParsingSupport.row(many)["unknown"]?.string?.split(separator: ",").count == 32)
  }

  @Test func `texts are trimmed and unescaped`() throws {
    let row = try ParsingSupport.row(#"{"department":"\t Z\u00fcrich \ud83d\ude00\n","bed_id":017e}"#)
    #expect(row.isEmpty)
    let right = try ParsingSupport.row(#"{"department":"\t Z\u00fcrich \ud83d\ude00\n","bed_id":-1.50e3}"#)
    #expect(right["department"] == "Zürich 😀" && right["bed_id"] == "-1.50e3")
  }

  @Test func `a value with NUL has no accepted form`() throws {
    let row = try ParsingSupport.row(#"{"patient_id":"a\u0000","department":"\u0000","hospital_id":1}"#)
    #expect(row["patient_id"] == .null && row["wrong"] == "patient_id,department")
  }
}
