internal import DuckDB
internal import HTTPTypes

extension Endpoint {
  /// Census and staffed beds hour by hour, and occupancy by midnight census.
  static let census = Endpoint("census", [.hospital, .department, .period, .from, .to], tables: ["hours"]) { question in
    guard question.span != nil else {
      let nothing = RowSet(columns: ["nights", "occupied_bed_days", "staffed_bed_days", "occupancy"], rows: [[0, 0, 0, .null]])
      return [.rows("hours", RowSet(columns: ["hour_at", "census", "staffed_beds", "occupancy"], rows: [])), .object("midnight", nothing)]
    }
    return [.rows("hours", try question.rows(CensusQuery.hours)), .object("midnight", try question.rows(CensusQuery.midnight))]
  }

  /// One department: the drawer of the dashboard.
  static let department = Endpoint(
    "department", [.hospital, .department], tables: ["census", "capacity", "expected_discharges", "beds"], refresh: .seconds(1), hasSpan: false,
    hasFilters: false
  ) { question in
    guard let hospital = question.filter.hospital else { throw Problem.parameter("hospital", "It is required.") }
    guard let department = question.filter.department else { throw Problem.parameter("department", "It is required.") }
    let names = try question.rows(DepartmentQuery.names)
    guard !names.rows.isEmpty, question.clock.now != nil else {
      throw Problem(.notFound, detail: "There is no such department. GET /api/v1/dimensions lists them.")
    }
    let departments = try question.figures().departments
    let figures = departments.rows.isEmpty ? Figures() : Figures(departments, row: 0)
    let values = figures.values(withTransfers: true)
    return [
      .value("hospital_id", .count(hospital)), .value("hospital", names.value("hospital")), .value("department", .text(department)),
      .value("specialty", names.value("specialty")), .object("figures", RowSet(columns: values.map(\.0), rows: [values.map(\.1)])),
      .rows("census", try question.rows(DepartmentQuery.census)), .rows("capacity", try question.rows(DepartmentQuery.capacity)),
      .rows("expected_discharges", try question.rows(DepartmentQuery.expectedDischarges)), .rows("beds", try question.rows(DepartmentQuery.beds)),
    ]
  }
}
