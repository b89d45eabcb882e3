internal import DuckDB

extension Endpoint {
  /// What can be filtered by.
  static let dimensions = Endpoint("dimensions", [], tables: [], refresh: .seconds(5), hasSpan: false, hasFilters: false) { question in
    let departments = try question.rows(DimensionQuery.departments)
    return [
      .rows("hospitals", try question.rows(FiguresQuery.hospitals)), .strings("departments", departments.rows.compactMap { $0.first?.string }),
      .strings("genders", Filter.genders), .strings("age_bands", Filter.ageBands), .strings("periods", ["24h", "7d", "14d", "30d"]),
      .value("history_from", try question.rows(SparklineQuery.history).value("history_from")),
    ]
  }

  /// What each figure means.
  static let definitions = Endpoint("definitions", [], tables: ["definitions"], refresh: .seconds(60), hasSpan: false, hasFilters: false) { _ in
    let rows = MetricDefinition.all.map { [$0.metric, $0.title, $0.definition, $0.source, $0.period].map(Value.text) }
    return [.rows("definitions", RowSet(columns: ["metric", "title", "definition", "source", "period"], rows: rows))]
  }

  /// Every endpoint whose answer is a query over gold.
  static let all = [
    now, census, department, arrivals, flow, lengthOfStay, overstays, turnover, demographics, quality, pipeline, definitions, dimensions,
  ]
}
