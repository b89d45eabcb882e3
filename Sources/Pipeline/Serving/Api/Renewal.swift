/// What an endpoint works with that makes parts of an answer anew.
struct Renewal {
  /// The answer that is given otherwise as it is.
  let kept: Answer
  let status: PipelineStatus
  let history: CommitHistory
  let configuration: ServingConfiguration
}
