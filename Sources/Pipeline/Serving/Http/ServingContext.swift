public import Hummingbird
internal import NIOCore

/// What a request carries through the server: besides Hummingbird's own, what its token allows.
public struct ServingContext: RequestContext {
  public var coreContext: CoreRequestContextStorage
  /// What the caller may do.
  public var rights: AccessToken.Rights = []

  /// The connection, so that a stream whose reader does not read can be cut.
  let channel: any Channel

  public init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }
}
