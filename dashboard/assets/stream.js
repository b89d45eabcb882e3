// Server-sent events: one connection for the page, opened again by itself, with its state known at any time.
const silence = 8000; // heartbeats come every 2 s; after four missing ones the connection is dead, whatever the socket believes
const longest = 30000;
const unseen = 15000; // a hidden page gives its connection back: a browser has six for one server, and open tabs must not use them up

/** Starts listening. Handlers: live(payload), heartbeat(payload), connection(isOpen, sinceMilliseconds). */
export function listen(handlers) {
  let source = null;
  let heard = Date.now();
  let open = false;
  let pause = 1000;
  let timer = 0;

  function state(next) {
    if (open === next && next) return;
    open = next;
    handlers.connection(open, heard);
  }

  function connect() {
    clearTimeout(timer);
    timer = 0;
    source?.close();
    source = new EventSource('/api/v1/events');
    source.addEventListener('open', () => { hear(); pause = 1000; state(true); });
    source.addEventListener('live', (event) => { hear(); handlers.live(JSON.parse(event.data)); });
    source.addEventListener('heartbeat', (event) => { hear(); handlers.heartbeat(JSON.parse(event.data)); });
    source.addEventListener('error', () => {
      state(false);
      // While it says CONNECTING the browser tries again by itself; after an error status it has given up and we go on.
      if (source.readyState === EventSource.CLOSED) again();
    });
  }

  function hear() {
    heard = Date.now();
    if (source?.readyState === EventSource.OPEN) state(true);
  }

  function again() {
    if (timer) return;
    timer = setTimeout(connect, pause);
    pause = Math.min(longest, pause * 1.6);
  }

  setInterval(() => {
    if (source && open && Date.now() - heard > silence) {
      state(false);
      source.close();
      again();
    }
  }, 1000);
  function release() {
    clearTimeout(timer);
    timer = 0;
    source?.close();
    source = null;
  }
  let hiding = 0;
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hiding);
    if (document.hidden) hiding = setTimeout(release, unseen);
    else if (!source) connect();
  });
  addEventListener('pagehide', release);
  addEventListener('pageshow', (event) => { if (event.persisted) connect(); });
  addEventListener('online', connect);
  connect();
}
