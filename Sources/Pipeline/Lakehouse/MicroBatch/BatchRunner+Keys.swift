extension BatchRunner {
  /// What the store holds is looked for in memory first, so that a batch of new patients never scans history.
  var known: KnownKeys {
    _read { yield store.progress.known }
    _modify { yield &store.progress.known }
  }

  /// Reads the keys when the first transaction begins, and again after one was rolled back: a start need not wait for it.
  func readKeys() throws {
    guard !store.progress.areKeysRead else { return }
    let keys = try KnownKeys(connection)
    known = keys
    store.progress.areKeysRead = true
  }
}
