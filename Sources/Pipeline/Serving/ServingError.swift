/// Why the server does not start.
public enum ServingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Only loopback may be served without authentication: what is shown is patient data.
  case authenticationMissing(host: String)
  case portOutOfRange(Int)
  case portTaken(Int)
  case noFreePort(from: Int)

  public var description: String {
    switch self {
    case .authenticationMissing(let host):
      "\(host) can be reached from other machines and no access token is configured. Configure one, or bind to 127.0.0.1."
    case .portOutOfRange(let port): "\(port) is not a port; use a number from 0 to 65535."
    case .portTaken(let port): "Port \(port) is taken. Stop the other process or choose another port."
    case .noFreePort(let port): "No port from \(port) to \(port + 99) is free."
    }
  }
}
