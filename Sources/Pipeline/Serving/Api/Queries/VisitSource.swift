/// Visits and bed stays that are open or ended late enough, as the FROM of a query.
///
/// Two branches instead of one condition with OR: the store skips what ended long ago by the smallest and largest value of
/// each block, and does that for a comparison but not for an OR (measured on 5 million rows: 1.5 ms against 9.3 ms).
enum VisitSource {
  /// - Parameter instant: the name of a parameter, such as `$from`, or an expression of constants over one.
  static func visits(endedFrom instant: String) -> String { source("gold.fact_patient_flow", instant) }

  static func bedStays(endedFrom instant: String) -> String { source("gold.bed_stay", instant) }

  private static func source(_ table: String, _ instant: String) -> String {
    """
    (
        select * from \(table) where discharge_time is null
        union all
        select * from \(table) where discharge_time >= \(instant)
    )
    """
  }
}
