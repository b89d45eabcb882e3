internal import Crypto

/// Turns identifiers into keyed pseudonyms and 60-bit keys.
///
/// A pseudonym is the first 128 bits of HMAC-SHA-256 as 32 hex digits, over `kind|hospital|identifier`; whoever lacks
/// the key can't test guesses against it. It still is personal data (GDPR recital 26): it singles a person out.
public struct Pseudonymizer: Sendable {
  private let inner: SHA256
  private let outer: SHA256
  /// Names the key without telling it: the first 64 bits of its own HMAC over a fixed text.
  public let keyID: String

  /// - Parameter key: at least 16 bytes.
  public init(key: [UInt8]) throws(LakehouseError) {
    guard key.count >= 16 else {
      throw LakehouseError(.configuration, "the pseudonym key needs at least 16 bytes; make one with: head -c 32 /dev/urandom | base64")
    }
    // HMAC by its definition (RFC 2104), so that both padded key blocks are hashed once and not for every record.
    let block = key.count > 64 ? Array(SHA256.hash(data: key)) : key
    let padded = block + [UInt8](repeating: 0, count: 64 - block.count)
    var inner = SHA256()
    inner.update(data: padded.map { $0 ^ 0x36 })
    var outer = SHA256()
    outer.update(data: padded.map { $0 ^ 0x5c })
    self.inner = inner
    self.outer = outer
    var identification = HMAC<SHA256>(key: SymmetricKey(data: key))
    identification.update(data: Array("patient-flow key id".utf8))
    keyID = identification.finalize().prefix(8).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  /// Writes the 32 hex digits of the pseudonym of `message` to `target`.
  package func write(_ message: UnsafeRawBufferPointer, to target: UnsafeMutablePointer<UInt8>) {
    var first = inner
    first.update(bufferPointer: message)
    var second = outer
    first.finalize().withUnsafeBytes { second.update(bufferPointer: $0) }
    second.finalize().withUnsafeBytes { digest in
      for index in 0..<16 {
        target[2 * index] = Self.hexDigit(digest[index] >> 4)
        target[2 * index + 1] = Self.hexDigit(digest[index] & 15)
      }
    }
  }

  /// The pseudonym of one identifier, as the macros and the parser make it.
  public func pseudonym(_ message: String) -> String {
    withUnsafeTemporaryAllocation(byteCount: 32, alignment: 1) { space in
      guard let base = space.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return "" }
      Array(message.utf8).withUnsafeBytes { write($0, to: base) }
      return String(decoding: UnsafeRawBufferPointer(space), as: UTF8.self)
    }
  }

  /// `pf_key`: the first 15 hex digits of MD5 as a number. A key, not a secret: MD5 is what both SQL engines have.
  package static func key(_ bytes: UnsafeRawBufferPointer) -> Int64 {
    var hash = Insecure.MD5()
    hash.update(bufferPointer: bytes)
    return hash.finalize().withUnsafeBytes(leading60Bits)
  }

  /// The first 15 hex digits of SHA-256 as a number.
  package static func contentHash(_ bytes: UnsafeRawBufferPointer) -> Int64 {
    var hash = SHA256()
    hash.update(bufferPointer: bytes)
    return hash.finalize().withUnsafeBytes(leading60Bits)
  }

  private static func leading60Bits(_ digest: UnsafeRawBufferPointer) -> Int64 {
    Int64(bitPattern: UInt64(bigEndian: digest.loadUnaligned(as: UInt64.self)) >> 4)
  }

  @inline(__always)
  private static func hexDigit(_ value: UInt8) -> UInt8 { value &+ (value > 9 ? 0x57 : 0x30) }
}
