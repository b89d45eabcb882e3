internal import DuckDB

/// The figures of this moment for network, hospitals and departments: what `live` frames and `/now` share.
struct LiveFigures: Sendable {
  let totals: RowSet
  let hospitals: RowSet
  let departments: RowSet

  /// The zone that all hospitals share, else UTC.
  let timeZone: String

  init(_ question: Question) throws {
    let (hospitals, departments) = try question.figures()
    self.init(departments: departments, hospitals: hospitals, question)
  }

  private init(departments rows: RowSet, hospitals names: RowSet, _ question: Question) {
    var totals = Figures()
    var byHospital: [Int64: Figures] = [:]
    var departmentRows: [[Value]] = []
    for index in rows.rows.indices {
      let figures = Figures(rows, row: index)
      totals += figures
      byHospital[rows.value("hospital_id", row: index).int64 ?? 0, default: Figures()] += figures
      // The row that collects unknown departments says nothing while nobody is in it.
      if rows.value("is_mapped", row: index).bool == false, figures == Figures() { continue }
      let head = ["hospital_id", "department", "specialty", "is_mapped"].map { rows.value($0, row: index) }
      departmentRows.append(head + figures.values(withTransfers: true).map(\.1))
    }
    let figureNames = Figures().values(withTransfers: false).map(\.0)
    self.totals = RowSet(columns: figureNames, rows: [totals.values(withTransfers: false).map(\.1)])
    departments = RowSet(columns: ["hospital_id", "department", "specialty", "is_mapped"] + figureNames, rows: departmentRows)
    let zones = Set(names.rows.indices.compactMap { names.value("time_zone", row: $0).string })
    timeZone = zones.count == 1 ? zones.first ?? "UTC" : "UTC"
    let feeds = FeedAges(question.status, silentAfter: question.configuration.silentAfter)
    hospitals = RowSet(
      columns: ["hospital_id", "name", "time_zone", "last_event_at", "silent"] + figureNames,
      rows: names.rows.indices.map { index in
        let id = names.value("hospital_id", row: index)
        let feed = feeds.feed(of: Int(id.int64 ?? 0))
        let head = [
          id, names.value("name", row: index), names.value("time_zone", row: index), Value.instant(feed.lastEventAt), .boolean(feed.isSilent),
        ]
        return head + (byHospital[id.int64 ?? 0] ?? Figures()).values(withTransfers: false).map(\.1)
      })
  }

  var parts: [AnswerPart] {
    [.object("totals", totals), .rows("hospitals", hospitals), .rows("departments", departments)]
  }
}
