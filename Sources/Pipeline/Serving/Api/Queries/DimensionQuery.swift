/// What can be filtered by.
enum DimensionQuery {
  static let departments = GoldQuery(
    "select distinct department from gold.dim_department where is_mapped order by department nulls last")

  /// Whether a filter's values exist, and the zone its times are shown in. Nothing exists before the first event.
  static let check = GoldQuery(
    """
    select
        (select count(*) from gold.dim_hospital) as hospitals,
        (select count(*) from gold.dim_hospital where hospital_id = $hospital) as matching_hospitals,
        (select count(*) from gold.dim_department where department = $department) as matching_departments,
        (
            select case when count(distinct time_zone) = 1 then max(time_zone) else 'UTC' end
            from gold.dim_hospital
            where $hospital is null or hospital_id = $hospital
        ) as time_zone
    """)
}
