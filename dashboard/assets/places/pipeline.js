import { apart, categoryAxis, chart, endLabel, tooltip, valueAxis } from '../charts.js';
import { attribute, h, reserve, text } from '../dom.js';
import * as f from '../format.js';
import { Place } from '../place.js';
import { table } from '../tile.js';

const number = (key, label, format = f.int) => ({ key, label, number: true, format });
const milliseconds = (value) => (value === null ? '–' : `${f.int(value)} ms`);
const behind = 30;

class Pipeline extends Place {
  constructor() {
    super();
    this.rows = { rates: [], partitions: [], commits: [], stores: [], feeds: [] };
    const one = (metric, title, key, className, columns) => this.tile({ metric, title, className, rows: { path: 'pipeline', table: key, get: () => this.rows[key], columns } });
    const rates = [{ key: 'at', label: 'At', format: f.clock }, number('events_per_second', 'Events a second', f.one), number('lag', 'Waiting'), number('latency_p50_ms', 'p50', milliseconds), number('latency_p99_ms', 'p99', milliseconds)];
    this.rate = one('events_per_second', 'Events a second', 'rates', 'half medium with-figure', rates);
    this.latency = one('latency', 'From hub to store', 'rates', 'half medium with-figure', rates);
    this.lag = one('lag', 'Waiting to be read', 'partitions', 'half list short with-figure', [{ key: 'partition', label: 'Partition' }, number('lag', 'Waiting'), number('committed_offset', 'Read up to'), number('end_offset', 'Hub’s end')]);
    this.feeds = one('feeds', 'Feeds', 'feeds', 'half list short', [{ key: 'hospital', label: 'Hospital' }, { key: 'silent', label: 'State', format: (silent) => (silent ? '▲\u00a0Silent' : '●\u00a0Alive') }, number('age_seconds', 'Last event', (age) => (age === null ? '–' : `${f.age(age)} ago`)), number('events', 'Events, last hour')]);
    this.commits = one('commits', 'Last commits', 'commits', 'two-thirds list short', [{ key: 'batch', label: 'Batch', format: f.int }, number('committed_at', 'At', f.clock), number('events', 'Events'), number('duration_ms', 'Took', milliseconds)]);
    this.stores = one('store_sizes', 'What is stored', 'stores', 'third list short', [{ key: 'store', label: 'Store' }, number('rows', 'Rows'), number('bytes', 'Size', f.bytes)]);
    this.el = h('div', { class: 'tiles' }, this.rate.el, this.latency.el, this.lag.el, this.feeds.el, this.commits.el, this.stores.el);
    this.query({ path: 'pipeline', tiles: this.tiles, draw: (answer) => this.draw(answer), every: 2000 });
  }

  /** This place speaks of the server, whose clock is not the simulated one. */
  asOf(payload) {
    return payload.committed_at && new Date(Date.parse(payload.committed_at) + (payload.freshness_seconds ?? 0) * 1000).toISOString();
  }

  /** Heartbeats move the figures even when nothing is committed: that is when this place is looked at. */
  heartbeat(beat) {
    if (this.figures) this.setFigures(beat);
    this.committed();
  }

  chart(tile, head) {
    if (tile.isEmpty) {
      tile.fill(head);
      tile.chart = chart(tile.body);
      this.closers.push(() => tile.chart.close());
    }
    return tile.chart;
  }

  setFigures({ events_per_second: rate, lag, lag_seconds: seconds }) {
    reserve(this.figures.rate.firstChild, f.one(rate), 3);
    text(this.figures.lag.firstChild, f.int(lag));
    this.lag.said = lag === 0 ? 'Every event in the hub has been read' : `Events; the oldest for ${f.age(seconds)}`;
    text(this.lag.note, this.lag.said);
    attribute(this.figures.lag, 'data-level', seconds > behind ? 'over' : null);
  }

  draw(answer) {
    Object.assign(this.rows, answer);
    const line = (unit) => h('p', { class: 'figure' }, h('span', { class: 'value' }), h('span', { class: 'unit', text: unit }));
    this.figures ??= { rate: line('a second'), lag: line(''), latency: line('') };
    this.setFigures(answer);
    this.rate.said = answer.simulated ? 'Wall clock, not the simulated one' : '';
    reserve(this.figures.latency.firstChild, f.int(answer.latency_p50_ms), 3);
    text(this.figures.latency.lastChild, answer.latency_p99_ms === null ? 'ms' : `ms p50, ${f.int(answer.latency_p99_ms)} ms p99`);
    const { rates } = answer;
    const axis = (l, width) => categoryAxis(l, rates.map((row) => row.at), { boundaryGap: false, axisLabel: { formatter: f.short, interval: (i) => i % (width > 420 ? 24 : 48) === 0, align: 'left' } });
    this.chart(this.rate, this.figures.rate).draw((l, width) => ({
      xAxis: axis(l, width), yAxis: valueAxis(l, { splitNumber: 3 }),
      tooltip: tooltip(l, { formatter: ([item]) => `${f.clock(item.name)}\n${f.one(item.value)} events a second\n${f.int(rates[item.dataIndex].lag)} waiting` }),
      series: [{ type: 'line', step: 'end', data: rates.map((row) => row.events_per_second), showSymbol: false, lineStyle: { color: l.accent, width: 1.5 }, itemStyle: { color: l.accent }, areaStyle: { color: l.accent, opacity: 0.08 } }],
    }), `Events a second over the last ten minutes, now ${f.one(answer.events_per_second)}`);
    const end = rates.at(-1) ?? {};
    const slowest = Math.max(1, ...rates.map((row) => row.latency_p99_ms ?? 0));
    this.chart(this.latency, this.figures.latency).draw((l, width, height) => {
      const [p99, p50] = apart(l, end.latency_p99_ms ?? 0, end.latency_p50_ms ?? 0, slowest, height);
      return ({
      grid: { left: 4, right: 44, top: 12, bottom: 4, containLabel: true },
      xAxis: axis(l, width), yAxis: valueAxis(l, { splitNumber: 3 }),
      tooltip: tooltip(l, { formatter: ([item]) => `${f.clock(item.name)}\np50 ${milliseconds(rates[item.dataIndex].latency_p50_ms)}\np99 ${milliseconds(rates[item.dataIndex].latency_p99_ms)}` }),
      series: [{ type: 'line', data: rates.map((row) => row.latency_p99_ms), showSymbol: false, lineStyle: { color: l.soft, width: 1.5 }, itemStyle: { color: l.soft }, endLabel: endLabel(l, 'p99', l.soft, p99) },
        { type: 'line', data: rates.map((row) => row.latency_p50_ms), showSymbol: false, lineStyle: { color: l.accent, width: 2 }, itemStyle: { color: l.accent }, endLabel: endLabel(l, 'p50', l.accent, p50) }],
      });
    }, `Latency over the last ten minutes, p50 ${milliseconds(answer.latency_p50_ms)}, p99 ${milliseconds(answer.latency_p99_ms)}`);
    this.list(this.lag, answer.partitions, 'The hub has no partitions yet.', this.figures.lag);
    this.list(this.feeds, answer.feeds, 'No feed has sent anything yet.');
    this.list(this.commits, answer.commits, 'Nothing has been committed yet.');
    this.list(this.stores, answer.stores, 'Nothing is stored yet.');
    const silent = answer.feeds.filter((feed) => feed.silent).length;
    this.feeds.said = silent ? `${f.int(silent)} silent` : '';
  }

  /** Same rows, new figures: cells change in place; only another number of rows builds anew. */
  list(tile, rows, words, head = null) {
    const columns = tile.rows.columns;
    if (rows.length === 0) {
      tile.fill(...[head, h('p', { class: 'none', text: words })].filter(Boolean));
      tile.lines = null;
      return;
    }
    if (tile.isEmpty || tile.lines?.length !== rows.length) {
      const made = table(columns, rows, tile.title);
      tile.fill(...[head, h('div', { class: 'scroller', tabindex: '0', role: 'region', 'aria-label': tile.title }, made)].filter(Boolean));
      tile.lines = [...made.tBodies[0].rows];
      return;
    }
    rows.forEach((row, r) => columns.forEach((column, c) => text(tile.lines[r].cells[c], column.format ? column.format(row[column.key], row) : row[column.key] ?? '–')));
  }
}

export const create = () => new Pipeline();
