import { get, Problem, url } from './api.js';
import { current } from './address.js';
import { rowsArrived, tile } from './tile.js';
import { text } from './dom.js';
import { list, setZone } from './format.js';

const labels = { hospital: 'hospital', department: 'department', gender: 'gender', age_band: 'age' };

/**
 * What a place is made of: tiles fed by queries. A query runs when the place opens, when a filter it takes changes, and again after commits,
 * at most every `every` milliseconds; content changes in place.
 */
export class Place {
  constructor() {
    this.queries = [];
    this.tiles = [];
    this.closers = [];
  }

  /** Filters of the address that the endpoint takes. */
  static params(names) {
    const view = current();
    return Object.fromEntries(names.filter((name) => view[name]).map((name) => [name, view[name]]));
  }

  /** A tile of this place; `rows` is { path, filters, table, columns, get }. */
  tile(options) {
    const { rows } = options;
    const made = tile({ ...options, rows: rows && { columns: rows.columns, get: rows.get, csv: () => url(rows.path, Place.params(rows.filters ?? []), rows.table ?? true) } });
    this.tiles.push(made);
    return made;
  }

  query({ path, filters = [], tiles, draw, every = 10000 }) {
    const query = { path, filters, tiles, draw, every, at: -Infinity, asked: null, timer: 0, abort: null };
    this.queries.push(query);
    this.run(query);
  }

  async run(query) {
    query.abort?.abort();
    clearTimeout(query.timer);
    query.timer = 0;
    const abort = query.abort = new AbortController();
    query.asked = JSON.stringify(Place.params(query.filters));
    query.at = performance.now();
    try {
      const payload = await get(query.path, Place.params(query.filters), abort.signal);
      if (abort.signal.aborted) return;
      if (query.filters.includes('hospital') || !current().hospital) setZone(payload.time_zone);
      query.draw(payload);
      for (const one of query.tiles) {
        one.fresh(this.asOf(payload));
        text(one.note, this.unfiltered(payload, one));
        rowsArrived(one.metric);
      }
    } catch (error) {
      if (abort.signal.aborted) return;
      if (!(error instanceof Problem)) throw error;
      for (const one of query.tiles) one.fail(error, () => this.run(query));
      if (error.status !== 400) query.timer = setTimeout(() => this.run(query), 5000);
    }
  }

  /** Says which of the chosen filters a figure does not follow. */
  unfiltered(payload, one) {
    if (!payload.filters) return one.said ?? '';
    const view = current();
    const ignored = Object.keys(labels).filter((name) => view[name] && !(name in payload.filters)).map((name) => labels[name]);
    return ignored.length > 0 ? `Not narrowed by ${list(ignored, 'or')}` : (one.said ?? '');
  }

  /** The instant that an answer speaks of. */
  asOf(payload) {
    return payload.as_of;
  }

  /** After a commit. */
  committed() {
    if (document.hidden) return;
    for (const query of this.queries) {
      const wait = query.at + query.every - performance.now();
      if (query.timer) continue;
      query.timer = setTimeout(() => this.run(query), Math.max(0, wait));
    }
  }

  /** After the address changed within this place. */
  refilter() {
    for (const query of this.queries) if (JSON.stringify(Place.params(query.filters)) !== query.asked) this.run(query);
  }

  live() {}
  heartbeat() {}

  close() {
    for (const query of this.queries) {
      query.abort?.abort();
      clearTimeout(query.timer);
    }
    this.queries = [];
    for (const one of this.tiles) one.remove();
    for (const closer of this.closers) closer();
  }
}
