/// What happened to one patient at one instant, as HL7 v2, FHIR and our own senders give it to the hub.
public struct Movement: Sendable {
  public var eventID: String
  public var source: MovementSource
  /// The word of a ``MovementType``, or what the sender sends in its place.
  public var type: String
  public var occurredAt: Sent<Int64>
  public var recordedAt: Sent<Int64>
  public var hospitalID: Sent<Int64>
  public var patientID: Sent<String>
  public var encounterID: Sent<String>
  public var encounterClass: EncounterClass?
  public var location: Place?
  public var priorLocation: Place?
  public var gender: Sent<String> = .absent
  public var age: Sent<Int64> = .absent
  /// Days since 1970-01-01.
  public var birthDate: Int64?
  public var admitDecisionAt: Int64?
  public var seenAt: Int64?
  public var disposition: Disposition?
  public var expectedDischargeTime: Int64?
  /// The `event_id` of the movement that this one cancels.
  public var cancels: String?
  /// A field that the schema does not know, and its text.
  public var unknownField: UnknownField?
  public var timeText: TimeText = .zulu

  public init(
    eventID: String, source: MovementSource, type: String, occurredAt: Sent<Int64>, recordedAt: Sent<Int64>,
    hospitalID: Sent<Int64>, patientID: Sent<String>, encounterID: Sent<String>
  ) {
    self.eventID = eventID
    self.source = source
    self.type = type
    self.occurredAt = occurredAt
    self.recordedAt = recordedAt
    self.hospitalID = hospitalID
    self.patientID = patientID
    self.encounterID = encounterID
  }

  /// Writes the movement as one JSON object.
  public func encode(into json: inout JSONBuffer) {
    json.openObject()
    json.field("event_id", eventID)
    json.openObject("source")
    json.field("system", source.system)
    json.field("format", source.format)
    json.field("message_id", source.messageID)
    json.closeObject()
    json.field("type", type)
    json.time("occurred_at", occurredAt, timeText)
    json.time("recorded_at", recordedAt, timeText)
    json.field("hospital_id", hospitalID)
    json.field("patient_id", patientID)
    json.field("encounter_id", encounterID)
    json.field("class", encounterClass?.rawValue)
    location?.encode(as: "location", into: &json)
    priorLocation?.encode(as: "prior_location", into: &json)
    json.field("gender", gender)
    json.field("age", age)
    if let birthDate { json.date("birth_date", days: birthDate) }
    json.time("admit_decision_at", admitDecisionAt, timeText)
    json.time("seen_at", seenAt, timeText)
    json.field("disposition", disposition?.rawValue)
    json.time("expected_discharge_time", expectedDischargeTime, timeText)
    json.field("cancels", cancels)
    unknownField?.encode(into: &json)
    json.closeObject()
  }
}
