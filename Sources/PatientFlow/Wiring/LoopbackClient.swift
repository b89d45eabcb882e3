import Foundation

/// The little HTTP that the command needs to talk to the process that uses a data folder: one request a connection, to 127.0.0.1.
struct LoopbackClient {
  struct Answer {
    let status: Int
    let body: Data
    /// The header Retry-After, if it is a number.
    var retryAfterSeconds: Int?

    /// What a problem says, in one line.
    var problem: String {
      guard let problem = try? JSONDecoder().decode(Problem.self, from: body) else { return "no readable answer" }
      return [problem.title, problem.detail].compactMap { $0 }.joined(separator: ": ")
    }
  }

  private struct Problem: Decodable {
    var title: String?
    var detail: String?
  }

  let endpoint: Endpoint

  /// The process that uses `folder`, `nil` if none answers.
  static func find(_ folder: DataFolder) -> LoopbackClient? {
    guard let data = FileManager.default.contents(atPath: folder.endpointFile), let endpoint = try? JSONDecoder().decode(Endpoint.self, from: data),
      kill(endpoint.processID, 0) == 0
    else { return nil }
    let client = LoopbackClient(endpoint: endpoint)
    guard let answer = try? client.send("GET", "/healthz", body: Data(), type: nil), answer.status == 200 else { return nil }
    return client
  }

  /// Asks with the token of the running process; JSON both ways.
  func ask<Question: Encodable, Answer: Decodable>(_ path: String, _ question: Question, isRestricted: Bool) throws -> Answer {
    do { return try JSONDecoder().decode(Answer.self, from: try post(path, question, isRestricted: isRestricted)) } catch is DecodingError {
      throw CommandError(.failure, "the running process answered \(path) with something else; is it of another version?")
    }
  }

  /// - Throws: ``CommandError`` with the words of the problem if the answer is not 200.
  func post<Question: Encodable>(_ path: String, _ question: Question, isRestricted: Bool) throws -> Data {
    let token = isRestricted ? endpoint.restrictedToken : endpoint.token
    let answer = try send(
      "POST", path, body: try JSONEncoder().encode(question), type: "application/json", headers: [("Authorization", "Bearer \(token)")])
    guard answer.status == 200 else { throw CommandError(.failure, answer.problem) }
    return answer.body
  }

  /// Asks with the token of the running process for an answer of any length, and hands it over while it comes.
  /// - Throws: ``CommandError`` with the words of the problem, also if the answer breaks off.
  func stream<Question: Encodable>(
    _ path: String, _ question: Question, accept: String, isRestricted: Bool, _ body: (Data) throws -> Void
  ) throws {
    let token = isRestricted ? endpoint.restrictedToken : endpoint.token
    let descriptor = try begin(
      "POST", path, body: try JSONEncoder().encode(question), type: "application/json",
      headers: [("Authorization", "Bearer \(token)"), ("Accept", accept), ("TE", "trailers")])
    defer { close(descriptor) }
    var received = Data()
    var chunks: ChunkedBody?
    try receive(descriptor) { piece in
      if chunks != nil { return try chunks?.take(piece, body) ?? () }
      received.append(piece)
      guard let head = Self.head(received), head.text.hasPrefix("HTTP/1.1 200"), head.text.lowercased().contains("transfer-encoding: chunked")
      else { return }
      chunks = ChunkedBody()
      try chunks?.take(received[head.end...], body)
      received = Data()
    }
    guard let chunks else {
      let answer = try Self.parse(received)
      guard answer.status == 200 else { throw CommandError(.failure, answer.problem) }
      return try body(answer.body)
    }
    guard chunks.isWhole else { throw CommandError(.failure, "the answer broke off before its last row; the log of the running process may say why") }
    if let reason = chunks.trailers["patientflow-error"] { throw CommandError(.failure, reason) }
  }

  func send(_ method: String, _ path: String, body: Data, type: String?, headers: [(String, String)] = []) throws -> Answer {
    let descriptor = try begin(method, path, body: body, type: type, headers: headers)
    defer { close(descriptor) }
    var received = Data()
    try receive(descriptor) { received.append($0) }
    return try Self.parse(received)
  }

  /// Sends a request; its answer comes over the connection that is returned, which the caller closes.
  private func begin(_ method: String, _ path: String, body: Data, type: String?, headers: [(String, String)]) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw CommandError(.failure, "no socket: \(String(cString: strerror(errno)))") }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(endpoint.port).bigEndian)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    guard connected == 0 else {
      close(descriptor)
      throw CommandError(.failure, "nothing listens on port \(endpoint.port)")
    }
    var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(endpoint.port)\r\nConnection: close\r\nContent-Length: \(body.count)\r\n"
    if let type { head += "Content-Type: \(type)\r\n" }
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    write(Data((head + "\r\n").utf8) + body, to: descriptor)
    return descriptor
  }

  private func receive(_ descriptor: Int32, _ body: (Data) throws -> Void) throws {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      try body(Data(buffer[0..<count]))
    }
  }

  /// Status line and headers, and where the body begins.
  private static func head(_ data: Data) -> (text: String, end: Int)? {
    guard let split = data.range(of: Data("\r\n\r\n".utf8)), let text = String(data: data[..<split.lowerBound], encoding: .utf8) else { return nil }
    return (text, split.upperBound)
  }

  private func write(_ data: Data, to descriptor: Int32) {
    data.withUnsafeBytes { bytes in
      var sent = 0
      while sent < bytes.count {
        let count = Glibc.send(descriptor, bytes.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
        if count < 0, errno == EINTR { continue }
        // The server may answer and close before it has read all; its answer tells why.
        guard count > 0 else { return }
        sent += count
      }
    }
  }

  private static func parse(_ data: Data) throws -> Answer {
    guard let (head, end) = head(data), let line = head.split(separator: "\r\n").first,
      let status = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { throw CommandError(.failure, "the running process gave no HTTP answer") }
    let retryAfter = head.lowercased().split(separator: "\r\n").first { $0.hasPrefix("retry-after:") }
      .flatMap { Int($0.dropFirst("retry-after:".count).trimmingCharacters(in: .whitespaces)) }
    guard head.lowercased().contains("transfer-encoding: chunked") else {
      return Answer(status: status, body: Data(data[end...]), retryAfterSeconds: retryAfter)
    }
    var plain = Data()
    var chunks = ChunkedBody()
    try chunks.take(data[end...]) { plain.append($0) }
    return Answer(status: status, body: plain, retryAfterSeconds: retryAfter)
  }
}
