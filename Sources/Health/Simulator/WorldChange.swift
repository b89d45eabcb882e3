/// What one step of a hospital's life brought; the number is the encounter's slot.
enum WorldChange: Sendable {
  case arrived(Int)
  /// Given a bed: admitted if it is the first leg, else transferred.
  case placed(Int)
  case expected(Int)
  case discharged(Int)
  /// Went away from the waiting room.
  case leftUnseen(Int)
  /// A planned admission that found no bed and was called off.
  case calledOff(Int)
  case bedsChanged(department: Int, closed: Int)
}
