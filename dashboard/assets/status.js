import { h, text } from './dom.js';
import * as f from './format.js';

const bar = document.getElementById('status');
const ribbon = document.getElementById('ribbon');
const announcer = document.getElementById('announcer');

const behind = 30; // seconds an event may wait to be read before the figures are called stale
const calm = 60; // seconds without an event after which it is called quiet

const known = { payload: null, beat: null, connected: true, heard: 0, problem: null, empty: false };

export function setPayload(payload) { known.payload = payload; known.problem = null; render(); }
export function setBeat(beat) { known.beat = beat; render(); }
export function setEmpty(empty) { known.empty = empty; render(); }
export function setConnection(connected, heard) { known.connected = connected; known.heard = heard; render(); }
export function setProblem(problem) { known.problem = problem; render(); }

/**
 * Hospitals of which nothing was heard for too long. Of those that a server has not heard since it started it can say no age;
 * they get a minute from the opening of the page.
 */
export function silent() {
  const { payload, beat } = known;
  const feeds = new Map((beat?.feeds ?? []).map((feed) => [feed.hospital_id, feed]));
  return (payload?.hospitals ?? []).filter((one) => feeds.get(one.hospital_id)?.silent ?? (one.silent && (!beat || performance.now() > calm * 1000)))
    .map((one) => ({ ...one, age_seconds: feeds.get(one.hospital_id)?.age_seconds }));
}

/** What the page is, in one word, and what a reader should know about it. */
export function judge(now = Date.now()) {
  const { payload, beat } = known;
  const asOf = payload?.as_of ? time(payload) : null;
  if (known.problem && !payload) return ['error', 'Error', `${known.problem.message}. ${known.problem.detail}`];
  if (!known.connected) {
    return ['stale', 'Connection lost', asOf ? `for ${f.age((now - known.heard) / 1000)}; trying again. Figures are from ${asOf}.` : 'trying again by itself.'];
  }
  if (!payload) return ['loading', 'Loading', 'asking for the figures'];
  if (!payload.as_of || known.empty) return ['empty', 'Empty', 'no event has arrived yet; this page will show the first one by itself'];
  if (beat && beat.lag_seconds > behind) {
    const old = (Date.parse(beat.at) - Date.parse(beat.committed_at ?? payload.committed_at)) / 1000;
    return ['stale', 'Stale', `figures are ${f.age(old)} old, since ${asOf}; ${f.plural(beat.lag, 'event')} wait to be read`];
  }
  const quietOnes = silent();
  if (quietOnes.length > 0 && quietOnes.length === payload.hospitals.length) return ['stale', 'Stale', `every feed is silent${lastHeard(quietOnes)}; figures are from ${asOf}`];
  if (quietOnes.length > 0) {
    const list = quietOnes.map((one) => `${one.name}${one.age_seconds ? ` (silent for ${f.age(one.age_seconds)})` : ''}`);
    return ['partial', 'Partial', `nothing from ${list.join(', ')}. Everything else as of ${asOf}`];
  }
  const youngest = beat ? Math.min(Infinity, ...beat.feeds.map((feed) => feed.age_seconds ?? Infinity)) : 0;
  const zone = `times in ${f.zoneName().replaceAll('_', ' ')}`;
  const quiet = beat && Math.max((Date.parse(beat.at) - Date.parse(beat.committed_at)) / 1000, 0) > calm && beat.lag === 0;
  if (quiet) return ['quiet', 'Quiet', `nothing has happened since ${asOf}; feeds are alive${Number.isFinite(youngest) ? `, heard ${f.age(youngest)} ago` : ''} · ${zone}`];
  // The clock of a real hospital moves on without events, and so do the figures.
  if (beat && youngest > calm && Number.isFinite(youngest) && beat.lag === 0) return ['quiet', 'Quiet', `no event for ${f.age(youngest)}, no feed is silent · as of ${asOf} · ${zone}`];
  return ['live', 'Live', `as of ${asOf} · ${zone}${beat ? ` · ${f.int(beat.events_per_second)} events/s` : ''}`];
}

function lastHeard(feeds) {
  const youngest = Math.min(...feeds.map((feed) => feed.age_seconds ?? Infinity));
  return Number.isFinite(youngest) ? ` for ${f.age(youngest)}` : ' since the server started';
}

/** A simulated clock runs ahead of the reader's, so its day is said too. */
function time(payload) {
  return payload.simulated ? `${f.day(payload.as_of)} ${f.clock(payload.as_of)}` : f.clock(payload.as_of);
}

let drawn = '';
let words = document.getElementById('status-text');
function render() {
  const [state, name, detail] = judge();
  if (bar.dataset.state !== state) {
    bar.dataset.state = state;
    document.body.dataset.state = state;
    // A new state is a new line; within a state only the words change and nothing moves.
    words = h('span', { id: 'status-text' });
    bar.replaceChildren(h('span', { class: 'mark', 'aria-hidden': 'true' }), h('strong', { id: 'status-word', text: name }), words);
  }
  text(words, detail);
  if (known.payload?.simulated && drawn !== `${known.payload.speed}`) {
    drawn = `${known.payload.speed}`;
    ribbon.hidden = false;
    document.body.classList.add('is-simulated');
    ribbon.replaceChildren(h('span', { text: 'Simulated' }), h('span', { class: 'more', text: ` patients: no real hospital${known.payload.speed === 1 ? '' : ` · ${f.int(known.payload.speed)} times as fast`}` }));
  } else if (known.payload && !known.payload.simulated && drawn) {
    drawn = '';
    ribbon.hidden = true;
    document.body.classList.remove('is-simulated');
  }
  announce(state, name, detail);
}

// Spoken at most every 30 s: a changed state first, else the figures in one sentence.
const between = 30000;
let spokenAt = -Infinity;
let spokenState = 'loading';
function announce(state, name, detail) {
  if (performance.now() - spokenAt < between || state === 'loading') return;
  let sentence = '';
  if (state !== spokenState) {
    sentence = `${name}. ${detail}.`;
  } else if (state === 'live' || state === 'partial') {
    const { totals, as_of: asOf, hospitals } = known.payload;
    const worst = [...hospitals].sort((a, b) => (b.occupancy ?? 0) - (a.occupancy ?? 0))[0];
    sentence = `At ${f.short(asOf)}: ${f.plural(totals.census, 'patient')}, ${f.plural(totals.free_beds, 'free bed')}, ${f.int(totals.waiting)} waiting, ${f.int(totals.overdue)} overdue.`
      + (worst && hospitals.length > 1 ? ` Most pressure: ${worst.name}, ${f.plural(worst.free_beds, 'free bed')}.` : '');
  }
  if (!sentence) return;
  spokenState = state;
  spokenAt = performance.now();
  text(announcer, sentence);
}

setInterval(render, 1000);
