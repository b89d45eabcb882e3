/// From department changes to the journeys that depend on them.
extension Statements {
  /// From department changes to the dimensions, and the journeys whose facts or bed stays would be others by what moved.
  ///
  /// A change of today touches what begins from now on, not what a hospital ever had: a version of a department moves facts only from the
  /// first instant at which another one holds than before. A name that is new, or is written otherwise, is also that of a next department.
  func departments() throws(LakehouseError) -> [Statement] {
    func statement(_ sql: String) -> Statement { Statement(stage: .departments, sql: sql) }
    let version = "select hospital_id, department, department_key, effective_from, is_mapped from"
    return [
      statement("insert into n_department_change by name \(try select("silver.department_change", [:]))"),
      statement("insert into silver.department_change select * from n_department_change"),
      statement("delete from o_dim_hospital"),
      statement("insert into o_dim_hospital select * from gold.dim_hospital"),
      statement("delete from o_dim_department"),
      statement("insert into o_dim_department select * from gold.dim_department"),
    ] + (try dimensions()) + [
      statement("delete from moved_department"),
      statement(
        """
        insert into moved_department
        select moved.hospital_id, lower(moved.department), min(moved.effective_from), max(renamed.department is not null)
        from (
          (\(version) o_dim_department except \(version) gold.dim_department)
          union all
          (\(version) gold.dim_department except \(version) o_dim_department)
        ) as moved
        left join (
          select hospital_id, department from gold.dim_department where is_mapped
          except
          select hospital_id, department from o_dim_department where is_mapped
        ) as renamed on renamed.hospital_id = moved.hospital_id and lower(renamed.department) = lower(moved.department)
        group by moved.hospital_id, lower(moved.department)
        """),
      statement(
        """
        insert into touched_journey
        select fact.journey_key from gold.fact_patient_flow as fact
        inner join moved_department as moved
          on moved.hospital_id = fact.hospital_id
          and (
            (
              (moved.name_key = lower(fact.department) or fact.department = 'unmapped')
              and greatest(coalesce(fact.admission_time, fact.arrival_time), timestamp '1900-01-01') >= moved.moved_at
            )
            or (moved.is_renamed and (moved.name_key = lower(fact.next_department) or fact.next_department = 'unmapped'))
          )
        union
        select stay.journey_key from gold.bed_stay as stay
        inner join moved_department as moved
          on moved.hospital_id = stay.hospital_id
          and (moved.name_key = lower(stay.department) or stay.department = 'unmapped')
          and greatest(stay.admission_time, timestamp '1900-01-01') >= moved.moved_at
        union
        select journey_key from gold.fact_patient_flow
        where hospital_id in (
          select after.hospital_id from gold.dim_hospital as after
          inner join o_dim_hospital as before on before.hospital_id = after.hospital_id
          where before.time_zone <> after.time_zone or before.presume_discharge <> after.presume_discharge)
        """),
    ]
  }
}
