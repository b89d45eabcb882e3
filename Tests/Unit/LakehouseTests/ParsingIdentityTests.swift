import DuckDB
import Lakehouse
import Testing

/// Pseudonyms and keys, against published values and against the macros.
@Suite struct ParsingIdentityTests {
  /// RFC 4231, test cases 4, 6 and 7 (keys of at least 16 bytes): key, message, leading 32 digits.
  private static let vectors: [([UInt8], [UInt8], String)] = [
    (Array(1...25), [UInt8](repeating: 0xcd, count: 50), "82558a389a443c0ea4cc819899f2083a"),
    ([UInt8](repeating: 0xaa, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8), "60e431591ee0b67f0d8a26aacbf5b77f"),
    (
      [UInt8](repeating: 0xaa, count: 131),
      Array(
        "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm."
          .utf8),
      "9b09ffa71b942fcb27635fbcd5b0e944"
    ),
  ]

  @Test func `a pseudonym is the start of HMAC-SHA-256 as RFC 4231 has it`() throws {
    for (key, message, expected) in Self.vectors {
      let pseudonymizer = try Pseudonymizer(key: key)
      let digits = [UInt8](unsafeUninitializedCapacity: 32) { target, count in
        guard let base = target.baseAddress else { return }
        message.withUnsafeBytes { pseudonymizer.write($0, to: base) }
        count = 32
      }
      #expect(String(decoding: digits, as: UTF8.self) == expected)
    }
  }

  @Test func `the macro gives the same pseudonym, for keys of every length`() throws {
    for length in [16, 32, 63, 64, 65, 131] {
      let key = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ length) }
      let connection = try Database(path: nil).connect()
      try connection.execute(ParseStatement.pseudonymMacro(.duckDB, key: key))
      for message in ["", "patient|3|x", String(repeating: "é", count: 200)] {
        let pseudonym = try Pseudonymizer(key: key).pseudonym(message)
        #expect(try connection.query("select pf_pseudonym(?)", [.text(message)]).scalar == .text(pseudonym))
        #expect(pseudonym.utf8.count == 32)
      }
    }
  }

  @Test func `a short key is refused`() { #expect(throws: LakehouseError.self) { try Pseudonymizer(key: Array("fifteen bytes..".utf8)) } }

  @Test func `keys have different ids`() throws {
    #expect(try Pseudonymizer(key: Array("sixteen bytes, a".utf8)).keyID != Pseudonymizer(key: Array("sixteen bytes, b".utf8)).keyID)
    #expect(try Pseudonymizer(key: Array("sixteen bytes, a".utf8)).keyID.utf8.count == 16)
  }

  @Test func `pf_key is the same in Swift and as a macro, at every length around a block`() throws {
    let connection = try Database(path: nil).connect()
    try connection.execute(ParsingSupport.modelMacro("pf_key", .duckDB))
    for length in Array(0...130) + [1_000, 4_096] {
      let text = String((0..<length).map { Character(Unicode.Scalar(UInt8(33 + $0 % 90))) })
      let key = Array(text.utf8).withUnsafeBytes { Pseudonymizer.key($0) }
      #expect(try connection.query("select pf_key(?)", [.text(text)]).scalar == .integer(key), "length \(length)")
    }
  }

  @Test func `identity follows its rules`() throws {
    let pseudonymizer = try Pseudonymizer(key: ParsingSupport.key)
    func key(_ text: String) -> Value { .integer(Array(text.utf8).withUnsafeBytes { Pseudonymizer.key($0) }) }
    let patient = pseudonymizer.pseudonym("patient|3|p 1")
    let stay = try ParsingSupport.row(#"{"patient_id":" p\u00201 ","hospital_id":"3","admission_time":" not a time ","event_id":7}"#)
    #expect(stay["patient_id"] == .text(patient))
    #expect(stay["patient_key_hash"] == key(patient))
    #expect(stay["encounter_id"] == .text(pseudonymizer.pseudonym("stay|3|p 1|not a time")))
    #expect(stay["journey_key"] == key("3|\(patient)"))
    #expect(stay["has_encounter_id"] == false)
    #expect(stay["event_key"] == key("7"))
    let sent = try ParsingSupport.row(#"{"patient_id":"p 1","hospital_id":3,"encounter_id":"v"}"#)
    let encounter = pseudonymizer.pseudonym("encounter|3|v")
    #expect(sent["encounter_id"] == .text(encounter) && sent["journey_key"] == key(encounter) && sent["has_encounter_id"] == true)
    let homeless = try ParsingSupport.row(#"{"patient_id":"p 1"}"#)
    #expect(homeless["patient_id"] == .text(pseudonymizer.pseudonym("patient||p 1")) && homeless["hospital_id"] == .null)
    let nobody = try ParsingSupport.row(#"{"hospital_id":3,"encounter_id":"v"}"#)
    #expect(nobody["encounter_id"] == .null && nobody["journey_key"] == .null && nobody["has_encounter_id"] == false)
    let movement = try ParsingSupport.row(#"{"type":"cancel_admit","patient_id":"p","hospital_id":3,"cancels":"x"}"#, table: "movement")
    #expect(movement["encounter_id"] == .null && movement["journey_key"] == .null && movement["cancels_event_key"] == key("x"))
  }
}
