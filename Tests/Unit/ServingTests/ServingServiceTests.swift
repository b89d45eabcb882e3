import Foundation
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import Testing

@testable import Serving

@Suite("The server as a service", .timeLimit(.minutes(1)))
struct ServingServiceTests {
  /// Runs the service until it listens and something was asked of it.
  private func run(_ change: (inout ServingConfiguration) -> Void, ask: @escaping @Sendable (Int) async throws -> Void) async throws {
    let server = try TestServer(change: change)
    let (ports, listens) = AsyncStream<Int>.makeStream()
    let service = try ServingService(configuration: server.configuration, dependencies: server.dependencies, logger: TestServer.logger) { port in
      listens.yield(port)
    }
    let group = ServiceGroup(configuration: .init(services: [.init(service: service)], logger: TestServer.logger))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask {
        defer { listens.finish() }
        try await group.run()
      }
      var asked: (any Error)?
      if let port = await ports.first(where: { _ in true }) {
        do { try await ask(port) } catch { asked = error }
        await group.triggerGracefulShutdown()
      }
      try await tasks.waitForAll()
      if let asked { throw asked }
    }
  }

  private func withTakenPort(_ body: (Int) async throws -> Void) async throws {
    let taken = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).get()
    do {
      try await body(try #require(taken.localAddress?.port))
    } catch {
      try await taken.close()
      throw error
    }
    try await taken.close()
  }

  @Test("A taken port is passed over, and the port that is really listened on is told")
  func nextPort() async throws {
    try await withTakenPort { taken in
      try await run {
        $0.port = taken
      } ask: { port in
        #expect(port > taken && port < taken + 100)
        let status = try await RawHTTP.status(port: port, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        #expect(status == 200)
      }
    }
  }

  @Test("Where no other port is wanted, a taken one is an error that says so")
  func portTaken() async throws {
    try await withTakenPort { taken in
      await #expect(throws: ServingError.portTaken(taken)) {
        try await run {
          $0.port = taken
          $0.takesNextFreePort = false
        } ask: { _ in
        }
      }
    }
  }
}
