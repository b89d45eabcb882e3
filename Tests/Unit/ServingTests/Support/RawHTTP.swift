import NIOCore
import NIOPosix

/// A connection that sends exactly the bytes it is given and hands out what comes back as it comes.
struct RawHTTP {
  let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

  static func connect(port: Int, readsSlowly: Bool = false) async throws -> RawHTTP {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.socketOption(.so_rcvbuf), value: readsSlowly ? 4_096 : 1_048_576)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel) }
      }
    return RawHTTP(channel: channel)
  }

  /// Sends a request and reads as long as `goOn` says so, given all text so far.
  static func exchange(port: Int, _ request: String, until goOn: @escaping @Sendable (String) async throws -> Bool) async throws -> String {
    let connection = try await connect(port: port)
    return try await connection.channel.executeThenClose { inbound, outbound in
      try await outbound.write(ByteBuffer(string: request))
      var text = ""
      for try await buffer in inbound {
        text += String(buffer: buffer)
        if try await !goOn(text) { break }
      }
      return text
    }
  }

  static func status(port: Int, _ request: String) async throws -> Int {
    let text = try await exchange(port: port, request) { !$0.contains("\r\n\r\n") }
    let words = text.split(separator: " ", maxSplits: 2)
    return words.count > 1 ? Int(words[1]) ?? 0 : 0
  }
}
