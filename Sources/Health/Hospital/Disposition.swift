/// Where a patient went when the encounter ended.
public enum Disposition: String, CaseIterable, Codable, Sendable {
  case home
  case careHome = "care_home"
  case transfer
  case expired
  case leftWithoutBeingSeen = "left_without_being_seen"
}
