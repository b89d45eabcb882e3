internal import DuckDB
internal import Journeys

/// The figures of this moment for network, hospitals and departments: what `live` frames and `/now` share.
struct LiveFigures: Sendable {
  let totals: RowSet
  let hospitals: RowSet
  let departments: RowSet

  /// The zone that all hospitals share, else UTC.
  let timeZone: String

  private struct Department {
    var hospitalID: Int64
    var name: Value
    var specialty: Value
    var isMapped: Bool
    var figures: Figures
  }

  private struct Hospital {
    var id: Int64
    var name: Value
    var timeZone: String
  }

  /// As the store tells them.
  init(_ question: Question) throws {
    let (hospitals, departments) = try question.figures()
    self.init(
      departments: departments.rows.indices.map { row in
        Department(
          hospitalID: departments.value("hospital_id", row: row).int64 ?? 0, name: departments.value("department", row: row),
          specialty: departments.value("specialty", row: row), isMapped: departments.value("is_mapped", row: row).bool ?? true,
          figures: Figures(departments, row: row))
      },
      hospitals: hospitals.rows.indices.map { row in
        Hospital(
          id: hospitals.value("hospital_id", row: row).int64 ?? 0, name: hospitals.value("name", row: row),
          timeZone: hospitals.value("time_zone", row: row).string ?? "UTC")
      },
      feeds: FeedAges(question.status, silentAfter: question.configuration.silentAfter))
  }

  /// As they are counted ahead of the store.
  init(_ picture: LivePicture, feeds: FeedAges) {
    self.init(
      departments: picture.departments.map { department in
        Department(
          hospitalID: Int64(department.hospitalID), name: .text(department.name), specialty: department.version.specialty.map(Value.text) ?? .null,
          isMapped: department.version.isMapped, figures: Figures(department))
      },
      hospitals: picture.hospitals.map { Hospital(id: Int64($0.hospitalID), name: .text($0.name), timeZone: $0.timeZone) }, feeds: feeds)
  }

  private init(departments rows: [Department], hospitals names: [Hospital], feeds: FeedAges) {
    var totals = Figures()
    var byHospital: [Int64: Figures] = [:]
    var departmentRows: [[Value]] = []
    for row in rows {
      totals += row.figures
      byHospital[row.hospitalID, default: Figures()] += row.figures
      // The row that collects unknown departments says nothing while nobody is in it.
      if !row.isMapped, row.figures == Figures() { continue }
      departmentRows.append(
        [.integer(row.hospitalID), row.name, row.specialty, .boolean(row.isMapped)] + row.figures.values(withTransfers: true).map(\.1))
    }
    let figureNames = Figures().values(withTransfers: false).map(\.0)
    self.totals = RowSet(columns: figureNames, rows: [totals.values(withTransfers: false).map(\.1)])
    departments = RowSet(columns: ["hospital_id", "department", "specialty", "is_mapped"] + figureNames, rows: departmentRows)
    let zones = Set(names.map(\.timeZone))
    timeZone = zones.count == 1 ? zones.first ?? "UTC" : "UTC"
    hospitals = RowSet(
      columns: ["hospital_id", "name", "time_zone", "last_event_at", "silent"] + figureNames,
      rows: names.map { hospital in
        let feed = feeds.feed(of: Int(hospital.id))
        let head = [.integer(hospital.id), hospital.name, .text(hospital.timeZone), Value.instant(feed.lastEventAt), .boolean(feed.isSilent)]
        return head + (byHospital[hospital.id] ?? Figures()).values(withTransfers: false).map(\.1)
      })
  }

  var parts: [AnswerPart] {
    [.object("totals", totals), .rows("hospitals", hospitals), .rows("departments", departments)]
  }
}
