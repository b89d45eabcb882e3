/// What the time of a batch is spent on; the names of `patientflow_lakehouse_stage_seconds`.
public enum BatchStage: String, Sendable, CaseIterable {
  case parse, bronze, silver, departments, thaw, patients, gold, write, aggregates, commit, freeze, checkpoint
}
