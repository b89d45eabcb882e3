/// What a figure means, as the dashboard's info buttons say it.
struct MetricDefinition: Sendable {
  let metric: String
  let title: String
  let definition: String
  /// The tables and views it is read from.
  let source: String
  let period: String

  static let all: [MetricDefinition] = [
    MetricDefinition(
      metric: "census", title: "Patients in a bed",
      definition:
        "Patients admitted and not yet discharged or moved on: admission_time <= now < discharge_time. A patient who only waits is not counted.",
      source: "gold.vw_bed_occupancy",
      period: "This moment; compared with the same moment 168 hours before."),
    MetricDefinition(
      metric: "free_beds", title: "Free beds",
      definition:
        "Staffed beds without a patient, department by department: the sum of max(0, staffed beds - census). A free bed in one "
        + "department does not undo a missing one in another. Closed beds are not counted.",
      source: "gold.vw_bed_occupancy",
      period: "This moment, against the staffed beds valid at this moment."),
    MetricDefinition(
      metric: "waiting", title: "Waiting for a bed",
      definition:
        "Patients who are registered and neither admitted nor gone.",
      source: "gold.fact_patient_flow",
      period: "This moment."),
    MetricDefinition(
      metric: "admissions_discharges_today", title: "In and out today",
      definition:
        "Encounters admitted and encounters discharged since local midnight of each hospital. Transfers between departments are not counted.",
      source: "gold.fact_patient_flow",
      period: "Local midnight until now; compared with midnight until the same time a week before."),
    MetricDefinition(
      metric: "overdue", title: "Overdue to leave",
      definition:
        "Patients still present whose expected discharge has passed.",
      source: "gold.fact_patient_flow",
      period: "This moment."),
    MetricDefinition(
      metric: "hospitals", title: "Hospitals under most pressure",
      definition:
        "Occupancy is census / staffed beds at this moment and may exceed 100 %. Closed beds are drawn hatched and are not in the "
        + "denominator. In and out count the last 60 minutes. The order is by occupancy and changes only on a pause.",
      source: "gold.vw_bed_occupancy, gold.fact_patient_flow",
      period: "This moment; in and out: the last 60 minutes."),
    MetricDefinition(
      metric: "matrix", title: "Free beds by department",
      definition:
        "Number: staffed beds without a patient; a number with a minus sign is patients beyond the staffed beds. Colour: occupancy, "
        + "census / staffed beds.",
      source: "gold.vw_bed_occupancy",
      period: "This moment."),
    MetricDefinition(
      metric: "department_census", title: "Patients, the last 48 hours",
      definition:
        "Census after each admission, transfer and discharge, against the staffed beds valid then.",
      source: "gold.fact_patient_flow, gold.dim_department",
      period: "The 48 hours before now."),
    MetricDefinition(
      metric: "expected_discharges", title: "Expected to leave, the next 24 hours",
      definition:
        "Patients present by the hour of their expected discharge. Those whose expected discharge has passed are overdue and not counted here.",
      source: "gold.fact_patient_flow",
      period: "The 24 hours after now."),
    MetricDefinition(
      metric: "beds", title: "Beds",
      definition:
        "Beds that had a patient within the last 30 days. Occupied: one patient in it now. Conflict: two patients are recorded in it. Free: none.",
      source: "gold.fact_bed_stay",
      period: "This moment."),
    MetricDefinition(
      metric: "census_hourly", title: "Patients and staffed beds",
      definition:
        "Census at the start of each hour and the staffed beds valid then.",
      source: "gold.fact_flow_hourly, gold.dim_department",
      period: "The chosen period, hour by hour."),
    MetricDefinition(
      metric: "midnight_occupancy", title: "Occupancy at midnight",
      definition:
        "Sum of patients present at each local midnight / sum of staffed beds at the same midnights. Not comparable with live occupancy.",
      source: "gold.fact_flow_hourly, gold.dim_department",
      period: "The local midnights of the chosen period."),
    MetricDefinition(
      metric: "arrivals", title: "When patients arrive",
      definition:
        "First department visits by local weekday and hour of registration, or of admission where there was none. A cell shows the "
        + "mean per such hour.",
      source: "gold.fact_patient_flow, gold.dim_time",
      period: "The chosen period."),
    MetricDefinition(
      metric: "flow_hourly", title: "In and out by hour",
      definition:
        "Admissions above the line, discharges below it, counted in the hour in which they occurred. Transfers are in the rows behind.",
      source: "gold.fact_flow_hourly",
      period: "The chosen period, hour by hour."),
    MetricDefinition(
      metric: "movements", title: "Movements between departments",
      definition:
        "Transfers by the department left and the one entered. Moves between beds of one department are not counted.",
      source: "gold.fact_patient_flow",
      period: "Transfers within the chosen period."),
    MetricDefinition(
      metric: "demographics", title: "Who arrives",
      definition:
        "Patients who arrived, by gender and age at arrival. Ages over 89 are 90+. Counts, never a share of beds.",
      source: "gold.vw_patient_demographics",
      period: "The chosen period."),
    MetricDefinition(
      metric: "length_of_stay", title: "Length of stay",
      definition:
        "Hours from admission to the end of the department visit, over visits that ended in the period; half are shorter than the "
        + "median, nine in ten shorter than the p90. Open visits are not in it. Stays beyond the bound of 90 days are left out and "
        + "counted.",
      source: "gold.vw_avg_treatment_duration",
      period: "Visits that ended in the chosen period."),
    MetricDefinition(
      metric: "waiting_time", title: "Waiting before admission",
      definition:
        "Minutes from registration to admission, or as sent by the feed, over visits that began in the period.",
      source: "gold.fact_patient_flow",
      period: "Visits that began in the chosen period."),
    MetricDefinition(
      metric: "length_of_stay_trend", title: "Day by day",
      definition:
        "Median and p90 of the length of stay of visits that ended on each local date.",
      source: "gold.vw_avg_treatment_duration",
      period: "The local dates of the chosen period. The line leaves out those that are not whole, the first and the last; the rows have them."),
    MetricDefinition(
      metric: "overstays", title: "Staying longer than nine in ten",
      definition:
        "Open department visits longer than the 90th percentile of completed visits in that department. Hours over: beyond that threshold.",
      source: "gold.vw_overstay_patients",
      period: "This moment, against all completed visits."),
    MetricDefinition(
      metric: "turnover", title: "Bed turnover",
      definition:
        "Discharges and transfers out / average staffed beds, for the whole period. Empty: (staffed bed-hours - patient-hours) / "
        + "discharges and transfers out. Turnaround: from one patient leaving a bed to the next one entering it.",
      source: "gold.vw_bed_turnover_rate, gold.fact_bed_stay",
      period: "The chosen period."),
    MetricDefinition(
      metric: "quality_rules", title: "What the rules found",
      definition:
        "Records by rule and hour of arrival. Quarantine: kept aside and not counted anywhere. Repair: counted, with a flag. Flag: "
        + "found among several records, which stand as they are.",
      source: "gold.quality_hourly",
      period: "Records that arrived in the chosen period."),
    MetricDefinition(
      metric: "quarantine", title: "In quarantine",
      definition:
        "Records kept aside, by the rule that put them there. A rebuild of silver judges them anew; their content is shown to nobody here.",
      source: "silver.quarantine",
      period: "All that lie there now."),
    MetricDefinition(
      metric: "drift", title: "Fields we do not know",
      definition:
        "Fields that senders added. They stay in bronze and are not used.",
      source: "gold.drift",
      period: "All retained records."),
    MetricDefinition(
      metric: "left_out", title: "Left out of averages",
      definition:
        "Records that an average could have had and does not, with the reason.",
      source: "gold.fact_patient_flow",
      period: "The chosen period."),
    MetricDefinition(
      metric: "events_per_second", title: "Events a second",
      definition:
        "Events committed to the store, mean over steps of 5 seconds.",
      source: "The running process",
      period: "The last 10 minutes, wall clock."),
    MetricDefinition(
      metric: "lag", title: "Waiting to be read",
      definition:
        "Events in the hub and not yet committed to the store, by partition.",
      source: "The hub's offsets and those committed with the store",
      period: "This moment."),
    MetricDefinition(
      metric: "latency", title: "From hub to store",
      definition:
        "Milliseconds from the hub taking an event to its commit: half are below p50, 99 in 100 below p99.",
      source: "The running process",
      period: "The last 5 minutes; the line: steps of 5 seconds."),
    MetricDefinition(
      metric: "commits", title: "Last commits",
      definition:
        "Micro-batches: number, when committed, how many events, how long it took.",
      source: "gold.clock and the running process",
      period: "The last 20."),
    MetricDefinition(
      metric: "store_sizes", title: "What is stored",
      definition:
        "Bytes of the database file, its log of writes included.",
      source: "The store's catalogue",
      period: "This moment."),
    MetricDefinition(
      metric: "feeds", title: "Feeds",
      definition:
        "When the hub last took an event of each hospital. Silent: nothing for longer than the configured bound, 5 minutes unless set otherwise.",
      source: "bronze.event",
      period: "This moment, wall clock; events: the last hour."),
  ]
}
