import Hospital

/// A simulated person.
struct Patient: Sendable {
  /// Unique in the hospital that issued it.
  var number: Int64
  /// Days since 1970-01-01.
  var birthDay: Int64
  var gender: Gender

  /// Full years at an instant.
  func age(at instant: Int64) -> Int64 {
    let today = CivilTime.date(days: CivilTime.floorDivide(instant, CivilTime.day))
    let birth = CivilTime.date(days: birthDay)
    let hadBirthday = (today.month, today.day) >= (birth.month, birth.day)
    return max(0, today.year - birth.year - (hadBirthday ? 0 : 1))
  }

  /// Number (31 bits), days since 1850 (17 bits), gender (2 bits).
  var packed: UInt64 {
    let gender: UInt64 = self.gender == .female ? 1 : 0
    return UInt64(number) << 19 | UInt64(birthDay - Self.epoch) << 2 | gender
  }

  init(number: Int64, birthDay: Int64, gender: Gender) {
    self.number = number
    self.birthDay = birthDay
    self.gender = gender
  }

  init(packed: UInt64) {
    number = Int64(packed >> 19)
    birthDay = Int64(packed >> 2 & 0x1ffff) + Self.epoch
    gender = packed & 3 == 1 ? .female : .male
  }

  private static let epoch: Int64 = CivilTime.days(year: 1850, month: 1, day: 1)
}

extension Patient {
  /// Somebody new, of an age and gender as the department sees them.
  static func new(number: Int64, at instant: Int64, ages: DepartmentProfile.Ages, _ random: inout SeededGenerator) -> Patient {
    let gender: Gender
    let age: Double
    switch ages {
    case .general:
      let kind = random.unit()
      if kind < 0.2 {
        age = random.unit() * 18
      } else if kind < 0.6 {
        age = 18 + random.unit() * 42
      } else {
        age = 74 + 11 * random.normal()
      }
      gender = random.unit() < 0.51 ? .female : .male
    case .children:
      let root = random.unit()
      age = root * root * 17
      gender = random.unit() < 0.46 ? .female : .male
    case .mothers:
      age = 30 + 5.5 * random.normal()
      gender = .female
    case .adults:
      age = 57 + 17 * random.normal()
      gender = random.unit() < 0.5 ? .female : .male
    case .elderly:
      age = 69 + 13 * random.normal()
      gender = random.unit() < 0.45 ? .female : .male
    }
    let bounds: ClosedRange<Double> =
      switch ages {
      case .general: 0...105
      case .children: 0...16.9
      case .mothers: 16...49
      case .adults, .elderly: 18...105
      }
    let years = min(max(age, bounds.lowerBound), bounds.upperBound)
    let today = CivilTime.floorDivide(instant, CivilTime.day)
    return Patient(number: number, birthDay: today - Int64(years * 365.2425) - 1, gender: gender)
  }
}
