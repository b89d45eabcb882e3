internal import DuckDB

extension Endpoint {
  static let patientFilters: Set<Filter.Parameter> = [.hospital, .department, .gender, .ageBand, .period, .from, .to]

  static let arrivals = Endpoint("arrivals", patientFilters, tables: ["cells"]) { question in
    guard question.span != nil, question.clock.now != nil else {
      return [.rows("cells", RowSet(columns: ["weekday", "hour", "arrivals", "mean"], rows: []))]
    }
    return [.rows("cells", try question.rows(FlowQuery.arrivals))]
  }

  static let flow = Endpoint("flow", [.hospital, .department, .period, .from, .to], tables: ["hours", "movements"]) { question in
    guard question.span != nil, question.clock.now != nil else {
      return [
        .rows("hours", RowSet(columns: ["hour_at", "admissions", "discharges", "transfers_in", "transfers_out"], rows: [])),
        .rows("movements", RowSet(columns: ["from_department", "to_department", "transfers"], rows: [])),
      ]
    }
    return [.rows("hours", try question.rows(FlowQuery.hours)), .rows("movements", try question.rows(FlowQuery.movements))]
  }

  static let demographics = Endpoint("demographics", patientFilters, tables: ["rows"]) { question in
    [.rows("rows", try question.rows(FlowQuery.demographics))]
  }
}
