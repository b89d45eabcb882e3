/// A place in the stored log, exact enough to find it with a hex viewer.
public struct LogPosition: Hashable, Sendable, CustomStringConvertible {
  public var partition: Int
  /// The segment file's name, without its directory.
  public var file: String
  /// The first byte in the file.
  public var byte: Int64
  /// The offset that should stand there.
  public var offset: Int64

  public init(partition: Int, file: String, byte: Int64, offset: Int64) {
    self.partition = partition
    self.file = file
    self.byte = byte
    self.offset = offset
  }

  public var description: String { "partition \(partition), file \(file), byte \(byte), offset \(offset)" }
}
