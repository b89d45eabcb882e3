/// One record inside a batch: where its fields lie.
struct RecordFields {
  var timestampDelta: Int64
  var offsetDelta: Int64
  var key: UnsafeRawBufferPointer?
  var value: UnsafeRawBufferPointer?
  /// From the number of headers to the record's end.
  var headers: UnsafeRawBufferPointer

  /// Reads the record at `position` and moves it on. Nil if a length leads out of the record or the record out of the
  /// batch: a checksum says that bytes are as they were sent, not that they make sense.
  @inline(__always)
  init?(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) {
    guard let length = Varint.read(bytes, &position), length >= 0, length <= Int64(bytes.count - position) else {
      return nil
    }
    let end = position + Int(length)
    let record = UnsafeRawBufferPointer(rebasing: bytes[..<end])
    guard position < end else { return nil }
    position += 1  // attributes, unused by Kafka
    guard let timestampDelta = Varint.read(record, &position), let offsetDelta = Varint.read(record, &position),
      Self.field(record, &position, &key), Self.field(record, &position, &value)
    else { return nil }
    self.timestampDelta = timestampDelta
    self.offsetDelta = offsetDelta
    let headerStart = position
    guard let headerCount = Varint.read(record, &position), headerCount >= 0, headerCount <= Int64(end - position) else {
      return nil
    }
    for _ in 0..<headerCount {
      var name: UnsafeRawBufferPointer?
      var content: UnsafeRawBufferPointer?
      guard Self.field(record, &position, &name), name != nil, Self.field(record, &position, &content) else { return nil }
    }
    guard position == end else { return nil }
    headers = UnsafeRawBufferPointer(rebasing: record[headerStart...])
  }

  /// Reads a length and that many bytes; the length -1 means none.
  @inline(__always)
  private static func field(
    _ record: UnsafeRawBufferPointer, _ position: inout Int, _ field: inout UnsafeRawBufferPointer?
  ) -> Bool {
    guard let length = Varint.read(record, &position), length >= -1, length <= Int64(record.count - position) else {
      return false
    }
    guard length >= 0 else {
      field = nil
      return true
    }
    field = UnsafeRawBufferPointer(rebasing: record[position..<position + Int(length)])
    position += Int(length)
    return true
  }
}
