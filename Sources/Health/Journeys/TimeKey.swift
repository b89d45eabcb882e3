internal import Hospital

/// The parts of `time_key` and of local dates.
enum TimeKey {
  /// Quarters of an hour from 1900 to the start of the local hour in which an instant lies.
  static func quarter(began: Int64, local: Int64) -> Int64 {
    let seconds = CivilTime.floorDivide(began - Eternity.past, CivilTime.second)
    let localSeconds = CivilTime.floorDivide(local, CivilTime.second)
    let minute = CivilTime.floorModulo(CivilTime.floorDivide(localSeconds, 60), 60)
    let second = CivilTime.floorModulo(localSeconds, 60)
    return CivilTime.floorDivide(seconds - minute * 60 - second, 900)
  }

  static func date(_ local: Int64) -> Int32 { Int32(clamping: CivilTime.floorDivide(local, CivilTime.day)) }
}
