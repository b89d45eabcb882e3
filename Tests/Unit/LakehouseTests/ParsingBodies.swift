/// Bodies that try to part the parsers: by hand, and by seeded changes to well-formed ones.
enum ParsingBodies {
  /// Bodies each parser must agree on.
  static var all: [[UInt8]] { byHand + values + mutated(count: 4_000, seed: 20_260_101) }

  private static let stay =
    #"{"patient_id":"5e1f-01","gender":"Female","age":61,"department":"ICU","admission_time":"2024-03-01T07:30:00","discharge_time":"2024-03-04T10:00:00+02:00","bed_id":17,"hospital_id":3,"event_id":"e-1","event_time":"2024-03-01T07:31:02.5Z","wait_time_minutes":12.5}"#
  private static let encounter =
    #"{"patient_id":"Zoë \"Q\" \u00e9","encounter_id":"V\t9","gender":"M","age":"40","department":" Emergency ","admission_time":"2024-02-29 23:59:59.123456789-05:30","discharge_time":null,"bed_id":"ER-1","hospital_id":"2"}"#
  private static let movement =
    #"{"event_id":"m1","source":{"system":"adt","format":"hl7v2","message_id":"7"},"type":"transfer","occurred_at":"2024-03-01T08:00:00+01","recorded_at":"2024-03-01T08:00","hospital_id":4,"patient_id":"p","encounter_id":"v","class":"inpatient","location":{"department":"ICU","room":"2","bed":"b7"},"prior_location":{"department":"Emergency","room":null,"bed":4},"gender":"other","age":3,"birth_date":"2020-02-29","admit_decision_at":null,"seen_at":"2024-03-01T07:00:00Z","disposition":"home","expected_discharge_time":"2024-03-09T08:00:00Z","cancels":"m0","merges":[],"raw":"MSH|^~\\&|"}"#
  private static let department =
    #"{"type":"department_changed","event_id":"d1","occurred_at":"2024-01-01T00:00:00Z","recorded_at":"2024-01-01T00:00:00Z","hospital_id":1,"hospital_name":"St. Ørn","time_zone":"Europe/Oslo","department":"ICU","specialty":"critical","staffed_beds":12,"closed_beds":1,"staff":30}"#

  static let wellFormed = [stay, encounter, movement, department]

  private static func deep(_ levels: Int, _ open: String, _ close: String) -> String {
    #"{"patient_id":"p","hospital_id":1,"x":"# + String(repeating: open, count: levels) + String(repeating: close, count: levels) + "}"
  }

  private static let texts: [String] =
    wellFormed + [
      "", " ", "\n", "{}", " { } ", "\t{\r\n}\n", "[]", "null", "true", "1", "\"text\"", "{", "}", "{]", "[}", "{}{}", "{} {}", "{},{}", "{}]", "{}}",
      "[{}]", "{\"a\":1}x", "{\"a\":1} ,", "x{\"a\":1}", "\u{feff}{\"age\":1}", "\u{feff}", "{\"a\"}", "{\"a\":}", "{:1}", "{1:1}", "{\"a\":{1:1}}",
      "{\"a\":1,2:3}", "{true:1}", "{null:1}", "{\"a\" \n:\t1}", "{\"a\":\"b\":\"c\"}", "[\"a\":1]", "{\"b\":[\"a\" :1]}", "{a:1}", "{'a':1}",
      "{\"a\":'b'}", "{\"a\":1,}", "{\"a\":1 , }", "{,\"a\":1}", "{\"a\":1,,\"b\":2}", "{\"a\":[1,]}", "{\"a\":[,1]}", "{\"a\":[1 2]}", "{\"a\" 1}",
      "{\"a\":1 \"b\":2}", "{\"a\":1;\"b\":2}", "{\"a\"::1}", "{\"a\":1:2}", "{\"a\":[1:2]}", "{\"a\":[\"b\":2]}", "{}],[{}", "],[{}",
      "{}],[{\"z\":\"z\"}",
      "{\"a\":NaN}", "{\"a\":Infinity}", "{\"a\":-Infinity}", "{\"age\":inf}", "{\"a\":nul}", "{\"a\":nulll}", "{\"a\":True}", "{\"a\":truefalse}",
      "{\"age\":01}", "{\"age\":-01}", "{\"age\":+1}", "{\"age\":.5}", "{\"age\":5.}", "{\"age\":-}", "{\"age\":1e}", "{\"age\":1e+}",
      "{\"age\":0x10}",
      "{\"age\":1_0}", "{\"age\":--1}", "{\"age\":1-1}", "{\"age\":0e5}", "{\"age\":1E400}", "{\"age\":-0}", "{\"age\":-0.0}", "{\"age\":5.000}",
      "{\"a\":\"\u{1}\"}", "{\"a\":\"\t\"}", "{\"a\":\"line\nbreak\"}", "{\"a\":\"\u{0}\"}", "{\"\u{0}\":1}", "\u{0}", "{}\u{0}",
      "{\"a\":1}\u{0}\u{0}",
      "{\"a\":\u{a0}1}", "{\"a\":\u{b}1}", "{\"a\":\u{c}1}", "{\"a\":\u{2028}1}", "{\"a\":\"\u{2028}\u{7f}\u{85}\"}", "// c\n{}", "{/*c*/}", "#\n{}",
      #"{"a":"\x41"}"#, #"{"a":"\u12"}"#, #"{"a":"\u12g4"}"#, #"{"a":"\U0041"}"#, #"{"a":"\"}"#, #"{"a":"\\"}"#, #"{"a":"\\\"}"#, #"{"a":"\'"}"#,
      #"{"a":"\ud800"}"#, #"{"a":"\udc00"}"#, #"{"a":"\ud83d\ude00"}"#, #"{"patient_id":"\uD83D\uDE00","hospital_id":1}"#, #"{"a":"\ude00\ud83d"}"#,
      #"{"a":"\ud83d\n"}"#, #"{"a":"\ud83d\\ude00"}"#, #"{"a":"\ud83dde00"}"#, #"{"\ud800":1}"#, #"{"a":"\uDBFF\uDFFF"}"#,
      #"{"a":"\ufffe\uffff\ufeff"}"#,
      #"{"a":"\uD83D\u0041"}"#, #"{"patient_id":"a\u0000b","hospital_id":1}"#, #"{"patient_id":"\u0000","hospital_id":1,"department":"x\u0000"}"#,
      #"{"patient_id":"\u0000 "}"#, #"{"\u0000":1}"#, #"{"a\u0000":1,"b,c":2,"":3,"tab\t":4}"#, #"{"patient\u005fid":"p","hospital_id":1}"#,
      #"{"\u0070\u0061\u0074\u0069ent_id":"p","hospital_id":1}"#, #"{"patient_id":"p","patient_id":"q","hospital_id":1,"hospital_id":2}"#,
      #"{"age":null,"age":5}"#, #"{"age":5,"age":null}"#, #"{"age":"x","age":5}"#, #"{"age":{},"age":5}"#, #"{"a":1,"a":2,"b":1,"a":3}"#,
      #"{"a":1,"\u0061":2}"#, #"{"age":7,"\u0061ge":8}"#, #"{"zz":1,"é":2,"Z":3,"𐀀":4,"\uffff":5,"e\u0301":6,"\u00e9":7}"#, #"{"?":1,",":2}"#,
      #"{"type":null,"patient_id":"p","hospital_id":1}"#, #"{"type":"","patient_id":"p","hospital_id":1}"#, #"{"type":5,"hospital_id":1}"#,
      #"{"type":true}"#, #"{"type":{}}"#, #"{"type":["admit"]}"#, #"{"type":"admit"}"#, #"{"type":" admit "}"#, #"{"type":"\u0000"}"#,
      #"{"type":"department\u005fchanged","hospital_id":1}"#, #"{"type":" department_changed"}"#, #"{"type":"department_changed"}"#,
      #"{"type":"rejected"}"#, #"{"type":"rejected","reason":"too_large"}"#, #"{"type":"rejected","reason":"too\u005flarge"}"#,
      #"{"type":"r\u0065jected","reason":5}"#, #"{"type":"rejected","reason":null}"#, #"{"type":"rejected ","reason":"too_large"}"#,
      #"{"reason":"too_large","hospital_id":1}"#, #"{"type":"department_changed","type":"admit"}"#, #"{"type":null,"type":"admit"}"#,
      #"{"type":"transfer","location":null}"#, #"{"type":"transfer","location":"ICU"}"#, #"{"type":"transfer","location":"{\"bed\":1}"}"#,
      #"{"type":"transfer","location":[{"bed":1}]}"#, #"{"type":"transfer","location":{}}"#, #"{"type":"transfer","location":{"bed":{"bed":1}}}"#,
      #"{"type":"transfer","location":{"bed":[1]}}"#, #"{"type":"transfer","location":{"bed":true,"room":false,"department":1.5}}"#,
      #"{"type":"transfer","location":{"bed":"1","bed":"2"}}"#, #"{"type":"transfer","location":{"bed":"1"},"location":{"room":"2","bed":"3"}}"#,
      #"{"type":"transfer","location":null,"location":{"room":"2"}}"#, #"{"type":"transfer","location":"x","location":{"room":"2"}}"#,
      #"{"type":"transfer","location":{"b\u0065d":"é\u00e9\t","ro\"om":1}}"#,
      #"{"type":"transfer","location":{"bed":"\ud83d\ude00é"},"é":{"bed":"x"}}"#,
      #"{"type":"transfer","location":{"bed":1,}}"#, #"{"type":"transfer","location.bed":"x"}"#, #"{"location":{"bed":1},"bed":2,"_age":3}"#,
      #"{"type":"transfer","loc\u0061tion":{"bed":"x"},"prior_location":{"department":"y","bed":"z"}}"#,
      #"{"type":"admit","cancels":17,"merges":{"a":1}}"#,
      #"{"type":"cancel_admit","cancels":"","encounter_id":"","patient_id":"p","hospital_id":1}"#,
      #"{"type":"admit","patient_id":"p","encounter_id":" "}"#,
      #"{"patient_id":"p"}"#, #"{"hospital_id":1}"#, #"{"patient_id":"p","hospital_id":null}"#, #"{"patient_id":"p","hospital_id":"x"}"#,
      #"{"patient_id":"p","hospital_id":1.0}"#, #"{"patient_id":"p","hospital_id":" 7 "}"#, #"{"patient_id":"p","hospital_id":-3}"#,
      #"{"patient_id":"p","hospital_id":2147483647}"#, #"{"patient_id":"p","hospital_id":999999999}"#, #"{"patient_id":"p","hospital_id":true}"#,
      #"{"patient_id":5,"hospital_id":1}"#, #"{"patient_id":5.50,"hospital_id":1}"#, #"{"patient_id":1e5,"hospital_id":1}"#,
      #"{"patient_id":12345678901234567890123456789,"hospital_id":1}"#, #"{"patient_id":-0,"hospital_id":1}"#,
      #"{"patient_id":false,"hospital_id":1}"#,
      #"{"patient_id":"","hospital_id":1}"#, #"{"patient_id":" \t\n\u000b\f\r ","hospital_id":1}"#, #"{"patient_id":"\u00a0","hospital_id":1}"#,
      #"{"patient_id":["p"],"hospital_id":1}"#, #"{"patient_id":"_","hospital_id":1,"department":"_x"}"#, #"{"patient_id":"$1\\1$","hospital_id":1}"#,
      #"{"patient_id":"p","hospital_id":1,"encounter_id":"p"}"#, #"{"patient_id":"p","hospital_id":1,"encounter_id":""}"#,
      #"{"patient_id":"p","hospital_id":1,"encounter_id":null,"admission_time":" x "}"#, #"{"patient_id":"p","hospital_id":1,"encounter_id":{}}"#,
      #"{"patient_id":"p","hospital_id":1,"admission_time":20240101}"#, #"{"patient_id":"p","hospital_id":1,"admission_time":{"a":"b"}}"#,
      #"{"patient_id":"p","hospital_id":1,"admission_time":"a\u0000"}"#, #"{"encounter_id":"v","hospital_id":1}"#, #"{"event_id":5.0,"event_id":6}"#,
      "{\"department\":\"\u{200b}x\u{200b}\",\"gender\":\"\u{3000}F\"}", "{\"department\":\"e\u{301}\",\"bed_id\":\"\u{1F600}\"}",
      deep(62, "[", "]"), deep(63, "[", "]"), deep(64, "[", "]"), deep(65, "[", "]"), deep(300, "[", "]"), deep(4_000, "[", "]"),
      deep(31, "[{\"a\":", "1}]"), deep(63, "{\"a\":", "}"), deep(64, "{\"a\":", "}"), deep(40, "[", ""), deep(90, "[", ""), deep(3, "[{", "]}"),
      "{\"x\":[" + Array(repeating: "[]", count: 200).joined(separator: ",") + "]}",
      "{\"x\":[" + Array(repeating: "{}", count: 200).joined(separator: ",") + "]",
      "{\"type\":\"admit\",\"location\":" + String(repeating: "{\"bed\":", count: 62) + "1" + String(repeating: "}", count: 63),
      "{\"type\":\"admit\",\"location\":" + String(repeating: "{\"bed\":", count: 63) + "1" + String(repeating: "}", count: 64),
      "{\"type\":\"admit\",\"location\":" + String(repeating: "{\"bed\":", count: 64) + "1" + String(repeating: "}", count: 65),
      "{\"patient_id\":\"" + String(repeating: "é", count: 12_000) + "\",\"hospital_id\":1}",
      "{\"patient_id\":\"" + String(repeating: "\\n\\u00e9", count: 3_000) + "\",\"hospital_id\":1}",
      "{\"age\":" + String(repeating: "9", count: 3_000) + "}", "{\"age\":0." + String(repeating: "0", count: 3_000) + "}",
      "{\"" + String(repeating: "n", count: 64) + "\":1}", "{\"" + String(repeating: "n", count: 65) + "\":1}",
      "{\"" + String(repeating: "é", count: 33) + "\":1}",
      "{" + (0..<40).map { "\"u\($0)\":\($0)" }.joined(separator: ",") + "}", String(repeating: "[", count: 5_000),
      String(repeating: "\"", count: 4_001),
      String(repeating: "\\", count: 3_000), "{\"a\":\"" + String(repeating: "\\\\", count: 3_000) + "\\\"}",
    ]

  private static let bytes: [[UInt8]] = [
    [0xff], [0x7b, 0xff, 0x7d], Array("{\"a\":\"".utf8) + [0xc3] + Array("\"}".utf8), Array("{\"a\":\"".utf8) + [0xc0, 0x80] + Array("\"}".utf8),
    Array("{\"a\":\"".utf8) + [0xed, 0xa0, 0x80] + Array("\"}".utf8), Array("{\"a\":\"".utf8) + [0xed, 0x9f, 0xbf] + Array("\"}".utf8),
    Array("{\"a\":\"".utf8) + [0xf4, 0x90, 0x80, 0x80] + Array("\"}".utf8), Array("{\"a\":\"".utf8) + [0xf4, 0x8f, 0xbf, 0xbf] + Array("\"}".utf8),
    Array("{\"a\":\"".utf8) + [0xe0, 0x80, 0xaf] + Array("\"}".utf8), Array("{\"a\":\"".utf8) + [0xf0, 0x8f, 0xbf, 0xbf] + Array("\"}".utf8),
    Array("{\"a\":\"".utf8) + [0xf5, 0x80, 0x80, 0x80] + Array("\"}".utf8), Array("{}".utf8) + [0xe2, 0x82], [0xfe, 0xff, 0, 0x7b, 0, 0x7d],
    [0x7b, 0, 0x7d, 0], [0, 0, 0, 0x7b, 0, 0, 0, 0x7d],
  ]

  static let byHand: [[UInt8]] = texts.map { Array($0.utf8) } + bytes

  /// Every odd form of a number, date and instant, as JSON text and as it stands, in fields of every kind.
  static let values: [[UInt8]] = forms.flatMap { form -> [[UInt8]] in
    let quoted = "\"\(form)\""
    return [quoted, form].map { value in
      Array(
        #"{"patient_id":\#(value),"hospital_id":\#(value),"age":\#(value),"bed_id":\#(value),"wait_time_minutes":\#(value),"admission_time":\#(value)}"#
          .utf8)
    } + [Array(#"{"type":"admit","birth_date":\#(quoted),"occurred_at":\#(quoted),"age":\#(quoted),"cancels":\#(quoted)}"#.utf8)]
  }

  private static let forms: [String] = [
    "0", "-0", "+0", "7", "+7", "-7", "007", "999999999", "1000000000", "000000001", "0000000001", "-999999999", "1.0", "1.000000000000", "1.", ".0",
    "1.5", "-1.5",
    "1.50", "1.123456789", "1.1234567890", "123456789.987654321", "1e3", "1E3", "1e-3", "0.1", "0.3", "1,5", "1 000", "٣", "１", "½", "NaN", "inf",
    "0x1f", "1_0",
    "--1", "+-1", "1-", "", " ", " 5 ", "2024-01-01", "2024-02-29", "2023-02-29", "1900-02-29", "2000-02-29", "2024-02-30", "2024-04-31",
    "2024-13-01",
    "2024-00-01", "2024-01-00", "2024-1-1", "0000-01-01", "0001-01-01", "9999-12-31", "10000-01-01", "-2024-01-01", "+2024-01-01", "2024/01/01",
    "20240101",
    "01-02-2024", "2024-01-01 ", " 2024-01-01", "2024-01-01T", "2024-01-01T00", "2024-01-01T00:00", "2024-01-01 00:00", "2024-01-01t00:00",
    "2024-01-01  00:00",
    "2024-01-01_00:00", "2024-01-01T24:00", "2024-01-01T24:00:00", "2024-01-01T23:60", "2024-01-01T23:59:60", "2024-01-01T23:59:59",
    "2024-01-01T1:00",
    "2024-01-01T01:0", "2024-01-01T01:00:0", "2024-01-01T01:00:", "2024-01-01T01:00:00.", "2024-01-01T01:00:00.1", "2024-01-01T01:00:00.123456",
    "2024-01-01T01:00:00.1234567", "2024-01-01T01:00:00.999999999", "2024-01-01T01:00:00.1234567890", "2024-01-01T01:00:00,5", "2024-01-01T01:00.5",
    "2024-01-01T01:00Z", "2024-01-01T01:00z", "2024-01-01T01:00:00Z", "2024-01-01T01:00:00.5Z", "2024-01-01T01:00:00ZZ", "2024-01-01T01:00:00 Z",
    "2024-01-01T01:00:00+02:00", "2024-01-01T01:00:00-02:00", "2024-01-01T01:00:00+0200", "2024-01-01T01:00:00-0530", "2024-01-01T01:00:00+02",
    "2024-01-01T01:00:00-05", "2024-01-01T01:00+05:45", "2024-01-01T01:00:00.25-09:30", "2024-01-01T01:00:00+2", "2024-01-01T01:00:00+020",
    "2024-01-01T01:00:00+02:0", "2024-01-01T01:00:00+02:", "2024-01-01T01:00:00+02:60", "2024-01-01T01:00:00+15:59", "2024-01-01T01:00:00+16:00",
    "2024-01-01T01:00:00-00:00", "2024-01-01T01:00:00+00:00:00", "2024-01-01T01:00:00−02:00", "2024-01-01T01:00:00 +02:00", "2024-01-01T01:00:00 UTC",
    "2024-01-01T01:00:00[Europe/Oslo]", "0001-01-01T00:00:00+15:59", "9999-12-31T23:59:59.999999-15:59", "1969-12-31T23:59:59.999999",
    "1582-10-10T00:00:00",
    "0001-01-01T00:00:00", "1899-12-31T23:59:59Z", "2024-02-30T00:00:00", "2023-02-29T12:00:00Z", "1704067200", "1704067200000", "Jan 1 2024",
    "2024-W01-1", "null", "true",
    "2024-01-01T01:00:00.0000000000", "2024-01-01T01:00:00.000000000+01",
  ]

  /// Changes to well-formed bodies: bytes dropped, doubled, changed, swapped in from a list of troublesome pieces.
  static func mutated(count: Int, seed: UInt64) -> [[UInt8]] {
    var random = SplitMix(state: seed)
    let pieces = [
      "\"", "\\", "{", "}", "[", "]", ",", ":", "null", "true", "-1", "0", "1e9", "\\u0000", "\\ud83d", "\\ude00", "\u{0}", "\u{1f}", " ", "\n", "é",
      "😀", "T", "Z", "+", ".",
    ]
    .map { Array($0.utf8) }
    return (0..<count).map { index in
      var body = Array(wellFormed[index % wellFormed.count].utf8)
      for _ in 0...Int.random(in: 0...2, using: &random) where !body.isEmpty {
        let place = Int.random(in: 0..<body.count, using: &random)
        switch Int.random(in: 0...6, using: &random) {
        case 0: body.remove(at: place)
        case 1: body.insert(body[place], at: place)
        case 2: body[place] = UInt8.random(in: 0...127, using: &random)
        case 3: body[place] = UInt8.random(in: 0...255, using: &random)
        case 4: body.removeSubrange(place..<min(body.count, place + Int.random(in: 1...12, using: &random)))
        case 5: body.insert(contentsOf: pieces[Int.random(in: 0..<pieces.count, using: &random)], at: place)
        default: body.replaceSubrange(place..<min(body.count, place + 1), with: pieces[Int.random(in: 0..<pieces.count, using: &random)])
        }
      }
      return body
    }
  }

  /// Vigna's SplitMix64: the same numbers on every machine.
  struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
      return mixed ^ (mixed >> 31)
    }
  }
}
