internal import Crypto

/// What the parse says differently in DuckDB and Spark, under one name on both.
///
/// The steps, in the order of the statement:
/// - `pf_body_text(body)`: the bytes as text, NULL if they are not valid UTF-8;
/// - `pf_json_tagged(text)`: NULL unless the text is made of JSON tokens and not nested too deeply; else the same text
///   with `_` put before the characters of every string and every number made a string. So the engines' JSON parsers
///   have no number to round and nothing to be lenient about, and a member's text tells what it was: `_…` was a string or
///   number, anything else was not;
/// - `pf_json_members(tagged)`: the outer object's members, NULL unless the text is one object;
/// - `pf_json_member(members, name)`, `pf_json_inner(members, name)`: a value, the members of an object; of a name that
///   is given twice the first counts;
/// - `pf_json_unknown(members, declared)`: the other names;
/// - `pf_text(member)`: the trimmed characters of a string or number;
/// - `pf_form_…(text)`: the value of an accepted form, else NULL.
extension ParseStatement {
  /// The macros, one statement each. The model macros (`pf_key`) and the macro of ``pseudonymMacro(_:key:)`` are needed besides.
  public func macros(_ engine: Engine) -> [String] {
    let patterns = ParsePatterns(engine)
    switch engine {
    case .duckDB: return Self.duckDBMacros(patterns)
    case .spark: return Self.sparkMacros(patterns)
    }
  }

  /// `pf_pseudonym(message)`: HMAC-SHA-256 by its definition (RFC 2104), from the key's two padded blocks.
  ///
  /// The text holds the key. It is given to an engine, never logged and never kept, and in DuckDB it lives in the
  /// connection's temporary schema: a macro of the database could be read by everyone who may query its catalog.
  public static func pseudonymMacro(_ engine: Engine, key: [UInt8]) -> String {
    let block = key.count > 64 ? Array(SHA256.hash(data: key)) : key
    let padded = block + [UInt8](repeating: 0, count: 64 - block.count)
    let inner = hexText(padded.map { $0 ^ 0x36 })
    let outer = hexText(padded.map { $0 ^ 0x5c })
    return switch engine {
    case .duckDB:
      """
      create or replace temporary macro pf_pseudonym(message) as
        substr(sha256(unhex('\(outer)') || unhex(sha256(unhex('\(inner)') || encode(message)))), 1, 32)
      """
    case .spark:
      """
      create or replace temporary function pf_pseudonym(message string) returns string return
        substr(sha2(unhex('\(outer)') || unhex(sha2(unhex('\(inner)') || encode(message, 'UTF-8'), 256)), 256), 1, 32)
      """
    }
  }

  private static func hexText(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  /// Of brackets alone a text this short can't be nested too deeply, so that the long pattern is rarely tried.
  private static let harmlessBrackets = 2 * JSONCursor.deepest

  private static let space = "' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13)"

  /// Microseconds since 1970 of an accepted timestamp `t`, given the expression for the days of its date.
  private static func micros(days: String) -> String {
    func part(_ pattern: String) -> String { "coalesce(cast(nullif(regexp_extract(substr(t, 17), '\(pattern)', 1), '') as bigint), 0)" }
    let offset = "(\(part("[+-]([0-9]{2})")) * 3600 + \(part("[+-][0-9]{2}:?([0-9]{2})")) * 60)"
    let sign = "case when regexp_extract(substr(t, 17), '([+-])', 1) = '-' then -1 else 1 end"
    let clock = "cast(substr(t, 12, 2) as bigint) * 3600 + cast(substr(t, 15, 2) as bigint) * 60 + \(part("^:([0-9]{2})"))"
    let fraction = "cast(rpad(regexp_extract(t, '\\.([0-9]{1,6})', 1), 6, '0') as bigint)"
    return "(cast(\(days) as bigint) * 86400 + \(clock) - \(sign) * \(offset)) * 1000000 + \(fraction)"
  }

  private static func duckDBMacros(_ patterns: ParsePatterns) -> [String] {
    func macro(_ head: String, _ body: String) -> String { "create or replace temporary macro \(head) as\n  \(body)" }
    let date = "try_cast(substr(t, 1, 10) as date)"
    return [
      macro("pf_content_hash(body)", "cast('0x' || substr(sha256(body), 1, 15) as bigint)"),
      macro("pf_body_text(body)", "try(decode(body))"),
      macro(
        "pf_json_brackets(t)", "regexp_replace(t, '\(patterns.betweenBrackets)', '', 'g')"),
      macro(
        "pf_json_tagged(t)",
        """
        case when regexp_matches(t, '\(patterns.tokens)') then
            case when length(pf_json_brackets(t)) <= \(harmlessBrackets) or regexp_matches(pf_json_brackets(t), '\(patterns.nesting)')
              then regexp_replace(t, '\(patterns.stringOrNumber)', '"_\\1\\2"', 'g') end end
        """),
      macro("pf_json_members(t)", "case when json_valid(t) then case when json_type(t) = 'OBJECT' then t end end"),
      macro("pf_json_member(members, name)", "json_extract_string(members, '$.\"_' || name || '\"')"),
      macro("pf_json_inner(members, name)", "json_extract(members, '$.\"_' || name || '\"')"),
      macro(
        "pf_json_unknown(members, declared)",
        """
        nullif(array_to_string(list_sort(list_distinct(list_filter(
            list_transform(json_keys(members), lambda k: case when strlen(k) between 2 and \(RecordParser.longestName + 1)
              and not regexp_matches(k, '[,\\x00-\\x1f\\x7f]') then substr(k, 2) else '\(RecordParser.oddName)' end),
            lambda k: not contains(',' || declared || ',', ',' || k || ','))))[1:\(RecordParser.mostUnknownNames)], ','), '')
        """),
      macro(
        "pf_text(member)",
        "case when starts_with(member, '_') and not contains(member, chr(0)) then trim(substr(member, 2), \(space)) end"),
      macro(
        "pf_form_integer(t)", "case when regexp_matches(t, '\(patterns.integer)') then cast(regexp_extract(t, '^[+-]?[0-9]+', 0) as int) end"),
      macro("pf_form_double(t)", "case when regexp_matches(t, '\(patterns.double)') then cast(t as double) end"),
      macro("pf_form_date(t)", "case when regexp_matches(t, '\(patterns.date)') and substr(t, 1, 4) <> '0000' then \(date) end"),
      macro(
        "pf_form_timestamp(t)",
        """
        case when regexp_matches(t, '\(patterns.timestamp)') and substr(t, 1, 4) <> '0000' then
            make_timestamp(\(micros(days: "date_diff('day', date '1970-01-01', \(date))"))) end
        """),
    ]
  }

  private static func sparkMacros(_ patterns: ParsePatterns) -> [String] {
    func function(_ head: String, _ type: String, _ body: String) -> String {
      "create or replace temporary function \(head) returns \(type) return\n  \(body)"
    }
    let date = "try_cast(substr(t, 1, 10) as date)"
    let options = "map('allowSingleQuotes', 'false', 'mode', 'PERMISSIVE')"
    return [
      function("pf_content_hash(body binary)", "bigint", "cast(conv(substr(sha2(body, 256), 1, 15), 16, 10) as bigint)"),
      function(
        "pf_body_text(body binary)", "string", "case when is_valid_utf8(cast(body as string)) then cast(body as string) end"),
      function("pf_json_brackets(t string)", "string", "regexp_replace(t, '\(patterns.betweenBrackets)', '')"),
      function(
        "pf_json_tagged(t string)", "string",
        """
        case when t rlike '\(patterns.tokens)' then
            case when length(pf_json_brackets(t)) <= \(harmlessBrackets) or pf_json_brackets(t) rlike '\(patterns.nesting)'
              then regexp_replace(t, '\(patterns.stringOrNumber)', '"_$1$2"') end end
        """),
      // Spark stops reading behind the first value. Behind the record stands an object that no tagged text can hold: if
      // it is found as the second of two, the record is one value and nothing else.
      function(
        "pf_json_members(t string)", "map<string, string>",
        """
        try_element_at(filter(array(from_json('[' || t || ',{"z":"z"}]', 'array<map<string, string>>', \(options))),
            a -> size(a) = 2 and a[0] is not null and try_element_at(a[1], 'z') = 'z'), 1)[0]
        """),
      function("pf_json_member(members map<string, string>, name string)", "string", "try_element_at(members, '_' || name)"),
      function(
        "pf_json_inner(members map<string, string>, name string)", "map<string, string>",
        """
        case when startswith(try_element_at(members, '_' || name), '{')
            then from_json(try_element_at(members, '_' || name), 'map<string, string>', \(options)) end
        """),
      function(
        "pf_json_unknown(members map<string, string>, declared string)", "string",
        """
        nullif(array_join(slice(array_sort(array_distinct(filter(
            transform(map_keys(members), k -> case when octet_length(k) between 2 and \(RecordParser.longestName + 1)
              and not k rlike '[,\\x00-\\x1f\\x7f]' then substr(k, 2) else '\(RecordParser.oddName)' end),
            k -> not contains(',' || declared || ',', ',' || k || ',')))), 1, \(RecordParser.mostUnknownNames)), ','), '')
        """),
      function(
        "pf_text(member string)", "string",
        "case when startswith(member, '_') and not contains(member, chr(0)) then btrim(substr(member, 2), \(space)) end"),
      function(
        "pf_form_integer(t string)", "int",
        "case when t rlike '\(patterns.integer)' then cast(regexp_extract(t, '^[+-]?[0-9]+', 0) as int) end"),
      function("pf_form_double(t string)", "double", "case when t rlike '\(patterns.double)' then cast(t as double) end"),
      function(
        "pf_form_date(t string)", "date", "case when t rlike '\(patterns.date)' and substr(t, 1, 4) <> '0000' then \(date) end"),
      function(
        "pf_form_timestamp(t string)", "timestamp_ntz",
        """
        case when t rlike '\(patterns.timestamp)' and substr(t, 1, 4) <> '0000' then
            cast(timestamp_micros(\(micros(days: "unix_date(\(date))"))) as timestamp_ntz) end
        """),
    ]
  }
}
