/// The part of a stay between two transfers.
struct StaySection {
  /// The record that began it.
  var since: SilverStayRecord
  var department: String?
  var bedID: String?

  /// Cuts a stay where a record tells a change of place at a time at which the patient can have moved; any other change is
  /// a correction of the section it stands in.
  static func sections(of records: [SilverStayRecord], admissionTime: Int64, dischargeTime: Int64?) -> [StaySection] {
    var sections: [StaySection] = []
    var department: String?
    var bedID: String?
    var recordedBefore: Int64?
    for record in records {
      let (departmentBefore, bedBefore) = (department, bedID)
      if let said = record.department { department = said }
      let hasMovedDepartment = differ(LetterCase.lower(record.department), LetterCase.lower(departmentBefore))
      // A bed belongs to its department: a new department without a bed leaves the bed unknown.
      if let said = record.bedID { bedID = said } else if hasMovedDepartment { bedID = nil }
      let canHaveMoved =
        record.hasEventTime && record.recordedAt > admissionTime && recordedBefore.map { record.recordedAt > $0 } ?? false
        && dischargeTime.map { record.recordedAt < $0 } ?? true
      let isElsewhere = differ(LetterCase.lower(department), LetterCase.lower(departmentBefore)) || differ(bedID, bedBefore)
      if sections.isEmpty || (canHaveMoved && isElsewhere) {
        sections.append(StaySection(since: record, department: department, bedID: bedID))
      } else {
        sections[sections.count - 1].department = department
        sections[sections.count - 1].bedID = bedID
      }
      recordedBefore = record.recordedAt
    }
    return sections
  }

  /// Whether both are known and not the same.
  private static func differ(_ left: String?, _ right: String?) -> Bool {
    guard let left, let right else { return false }
    return left != right
  }
}
