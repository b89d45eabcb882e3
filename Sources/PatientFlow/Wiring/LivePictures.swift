import Journeys
import Lakehouse
import Serving

/// The lakehouse's live view as Serving asks for it.
struct LivePictures: LiveSource {
  let view: LiveView

  func picture() async -> LivePicture? { await view.picture() }
  func changes() -> AsyncStream<Void> { view.changes() }
}
