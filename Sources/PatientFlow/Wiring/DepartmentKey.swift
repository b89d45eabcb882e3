import Hospital

/// A department of a hospital; its name is compared without case, as the models do.
struct DepartmentKey: Hashable, Sendable {
  let hospital: Int
  let name: String

  init(_ hospital: Int, _ name: String) {
    self.hospital = hospital
    self.name = name.lowercased()
  }
}
