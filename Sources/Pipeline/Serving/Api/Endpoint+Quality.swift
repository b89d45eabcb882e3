internal import DuckDB

extension Endpoint {
  /// What the rules found, what lies in quarantine, which fields drifted, what was left out.
  static let quality = Endpoint(
    "quality", [.hospital, .period, .from, .to], tables: ["rules", "hours", "quarantine", "drift", "left_out"], refresh: .seconds(3)
  ) { question in
    let hospitalSpan: [String: Value] = [
      "hospital_from": .instant(question.filter.span(at: question.clock.now)?.from),
      "hospital_to": .instant(question.filter.span(at: question.clock.now)?.to),
    ]
    let hours = try question.rows(QualityQuery.hours)
    let quarantine = try question.rows(QualityQuery.quarantine)
    let events = try question.rows(QualityQuery.events).value("events")
    let conflicts = try question.rows(QualityQuery.bedConflicts, hospitalSpan).value("records")
    return [
      .value("events", events == .null ? 0 : events), .rows("rules", rules(question.configuration.rules, hours: hours, bedConflicts: conflicts)),
      .rows("hours", hours),
      .rows("quarantine", withReasons(quarantine, question.configuration.rules)), .rows("drift", try question.rows(QualityQuery.drift)),
      .rows("left_out", try question.rows(QualityQuery.leftOut, hospitalSpan)),
    ]
  }

  /// Every rule that is configured, in its order, also those that found nothing; then what was found under other names.
  private static func rules(_ rules: [QualityRule], hours: RowSet, bedConflicts: Value) -> RowSet {
    var found: [String: Int64] = [:]
    if let conflicts = bedConflicts.int64, conflicts > 0 { found["bed_conflict"] = conflicts }
    for index in hours.rows.indices {
      found[hours.value("rule", row: index).string ?? "", default: 0] += hours.value("records", row: index).int64 ?? 0
    }
    var rows = rules.map { rule -> [Value] in
      [.text(rule.id), .text(rule.severity.rawValue), .text(rule.reason), .integer(found.removeValue(forKey: rule.id) ?? 0)]
    }
    rows += found.sorted { $0.key < $1.key }.map { [.text($0.key), .text(QualityRule.Severity.repair.rawValue), .text($0.key), .integer($0.value)] }
    return RowSet(columns: ["rule", "severity", "reason", "records"], rows: rows)
  }

  private static func withReasons(_ quarantine: RowSet, _ rules: [QualityRule]) -> RowSet {
    RowSet(
      columns: ["rule", "reason", "records", "last_seen_at"],
      rows: quarantine.rows.indices.map { index in
        let id = quarantine.value("rule", row: index)
        let reason = rules.first { .text($0.id) == id }.map { Value.text($0.reason) } ?? id
        return [id, reason, quarantine.value("records", row: index), quarantine.value("last_seen_at", row: index)]
      })
  }
}
