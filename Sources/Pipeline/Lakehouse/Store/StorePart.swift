/// Where the rows of a journey lie.
enum StorePart {
  case hot, cold

  /// The part of a logical table.
  func table(_ logical: String) -> String { self == .hot ? StoreLayout.hot(logical) : StoreLayout.cold(logical) }
}
