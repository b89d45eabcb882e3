/// What the simulated hospitals send.
public enum SimulationShape: String, CaseIterable, Codable, Sendable {
  case stay, movement
  /// Of seven hospitals four send movements and three send stay records; a hospital has one authoritative feed.
  case mixed
}
