/// Lower case as SQL's `lower` has it: letter by letter (Unicode's simple mapping), without regard to language or place.
public enum LetterCase {
  public static func lower(_ text: String) -> String {
    var isLower = true
    var isASCII = true
    for byte in text.utf8 {
      if byte >= 0x80 { isASCII = false }
      if byte >= 0x80 || (byte >= 0x41 && byte <= 0x5A) { isLower = false }
    }
    if isLower { return text }
    if isASCII {
      return String(unsafeUninitializedCapacity: text.utf8.count) { buffer in
        for (index, byte) in text.utf8.enumerated() { buffer[index] = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }
        return text.utf8.count
      }
    }
    var scalars = String.UnicodeScalarView()
    // One letter has a full mapping of several (U+0130, İ); its simple mapping is the first of them.
    for scalar in text.unicodeScalars { scalars.append(scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar) }
    return String(scalars)
  }

  public static func lower(_ text: String?) -> String? { text.map { lower($0) } }

  /// Order of texts by their bytes, as SQL engines have it.
  static func isBefore(_ left: String, _ right: String) -> Bool { left.utf8.lexicographicallyPrecedes(right.utf8) }
}
