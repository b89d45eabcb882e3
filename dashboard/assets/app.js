import { get, Problem } from './api.js';
import { current, link, onChange } from './address.js';
import { attribute, h, memory, text } from './dom.js';
import * as f from './format.js';
import { filterBar } from './filters.js';
import { listen } from './stream.js';
import * as status from './status.js';
import { showRows } from './tile.js';
import { closeDrawer, drawerCommitted, showDrawer } from './drawer.js';
import { firstEvent } from './empty.js';

const titles = { now: 'Now', flow: 'Flow', efficiency: 'Efficiency', quality: 'Data quality', pipeline: 'Pipeline' };
const room = document.getElementById('place');
const filters = filterBar(document.getElementById('filters'));
let place = null;
let opened = null;
let isEmpty = false;
let latest = null;

/** Shows the place of the address; places are loaded when first wanted. */
async function open() {
  const view = current();
  for (const anchor of document.querySelectorAll('#places a')) {
    const here = anchor.dataset.place === view.place;
    attribute(anchor, 'aria-current', here ? 'page' : null);
    attribute(anchor, 'href', link({ place: anchor.dataset.place, open: null, rows: null, sort: null }));
    if (here) anchor.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }
  filters.show(view);
  setZone();
  if (opened === view.place) {
    place?.refilter();
    overlays();
    return;
  }
  opened = view.place;
  const title = titles[view.place];
  document.title = `${title} · Patient Flow`;
  text(document.getElementById('place-title'), title);
  place?.close();
  place = null;
  document.body.dataset.place = view.place;
  let made;
  // Figures of one place must not stand under the name of another, however long the server takes.
  const late = setTimeout(() => { if (opened === view.place) room.replaceChildren(); }, 150);
  try {
    made = await import(`./places/${view.place}.js`);
  } catch {
    if (opened !== view.place) return;
    opened = null;
    room.replaceChildren(h('p', { class: 'failed', text: `${title} could not be loaded: the server does not answer. The page tries again by itself.` }));
    setTimeout(open, 5000);
    return;
  } finally {
    clearTimeout(late);
  }
  if (opened !== view.place) return;
  place = made.create();
  room.replaceChildren(place.el);
  room.classList.toggle('is-empty', isEmpty);
  if (latest) place.live(latest);
  overlays();
}

/** Times are those of the chosen hospital; of all of them, what the network has in common. */
function setZone() {
  if (!latest) return;
  const chosen = latest.hospitals.find((one) => String(one.hospital_id) === current().hospital);
  f.setZone(chosen?.time_zone ?? latest.time_zone);
  status.setPayload(latest);
}

function overlays() {
  showRows();
  showDrawer();
}

onChange((view, before) => {
  if (view.place !== before.place) scrollTo(0, 0);
  open();
});

let past = null; // whether the store has stays from before: 'asked', true or false

/** Before anything of a patient was sent. The network file's departments are events too, and nobody's stay. */
function nothingYet({ as_of: asOf, hospitals, totals }) {
  if (asOf === null) return true;
  const busy = ['census', 'waiting', 'admissions_today', 'discharges_today', 'overdue'].some((key) => totals[key] > 0);
  if (busy || hospitals.some((one) => one.last_event_at !== null)) return false;
  if (past === null) {
    past = 'asked';
    get('flow', { period: '30d' }).then((answer) => {
      past = answer.hours.some((row) => row.admissions + row.discharges > 0);
      if (latest) take(latest);
    }).catch(() => { past = null; });
  }
  return past === 'asked' ? isEmpty : !past;
}

/** Before the first event there is nothing to show but how to send one. */
function take(payload) {
  latest = payload;
  setZone();
  const empty = nothingYet(payload);
  status.setEmpty(empty);
  if (empty !== isEmpty) {
    isEmpty = empty;
    document.body.classList.toggle('has-no-events', empty);
    if (empty) room.before(teacher.el);
    else {
      teacher.el.remove();
      filters.load();
      if (opened) {
        opened = null;
        open();
      }
    }
  }
}
const teacher = firstEvent();

let waiting = false;
listen({
  live(payload) {
    latest = payload;
    if (waiting) return;
    waiting = true;
    // One drawing a frame, however many commits; a page in the background draws when it is looked at again.
    requestAnimationFrame(() => {
      waiting = false;
      take(latest);
      place?.live(latest);
      place?.committed();
      drawerCommitted();
    });
  },
  heartbeat(beat) {
    status.setBeat(beat);
    place?.heartbeat(beat);
  },
  connection: status.setConnection,
});

/** The first figures do not wait for the stream, and a server that refuses gets said what is wrong. */
async function first() {
  try {
    const payload = await get('now');
    if (!latest) take(payload);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    status.setProblem(error);
    setTimeout(first, 5000);
  }
}

// Theme: as the system has it, light or dark.
const themes = ['auto', 'light', 'dark'];
const themeButton = document.getElementById('theme');
let theme = themes.includes(memory.get('theme')) ? memory.get('theme') : 'auto';
function paint() {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  text(themeButton, `Theme: ${theme}`);
  import('./charts.js').then((charts) => charts.redraw());
}
themeButton.addEventListener('click', () => {
  theme = themes[(themes.indexOf(theme) + 1) % themes.length];
  memory.set('theme', theme);
  paint();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', paint);
text(themeButton, `Theme: ${theme}`);

const copyButton = document.getElementById('copy');
copyButton.addEventListener('click', async () => {
  try {
    await navigator.clipboard.writeText(location.href);
    text(copyButton, 'Copied');
  } catch {
    text(copyButton, 'Use the address bar'); // without a secure context there is no clipboard
  }
  setTimeout(() => text(copyButton, 'Copy link'), 2000);
});

addEventListener('keydown', (event) => { if (event.key === 'Escape' && current().open) closeDrawer(); });
open();
first();
// The other places are fetched when there is time, so that they open even while the server does not answer.
(globalThis.requestIdleCallback ?? setTimeout)(() => Object.keys(titles).forEach((name) => import(`./places/${name}.js`).catch(() => {})));
