import { attribute, h, text } from '../dom.js';
import * as f from '../format.js';
import { Place } from '../place.js';
import { sparkbars } from '../spark.js';
import { table } from '../tile.js';

const chosen = ['hospital', 'period'];
const number = (key, label, format = f.int) => ({ key, label, number: true, format });
const severities = { quarantine: ['■', 'Quarantine'], repair: ['◆', 'Repair'], set: ['○', 'Flag'] };
const metrics = { length_of_stay: 'Length of stay', waiting_time: 'Waiting time', turnover: 'Bed turnover' };

class Quality extends Place {
  constructor() {
    super();
    this.rows = { rules: [], hours: [], quarantine: [], drift: [], left_out: [] };
    const list = (metric, title, key, className, columns) => this.tile({ metric, title, className: `${className} list`, rows: { path: 'quality', filters: chosen, table: key, get: () => this.rows[key], columns } });
    this.rules = this.tile({
      metric: 'quality_rules', title: 'What the rules found', className: 'wide tallest', rows: {
        path: 'quality', filters: chosen, table: 'rules', get: () => this.rows.rules,
        columns: [{ key: 'rule', label: 'Rule' }, { key: 'severity', label: 'Severity', format: (name) => severities[name]?.[1] ?? name }, { key: 'reason', label: 'Meaning' }, number('records', 'Records')],
      },
    });
    this.quarantine = list('quarantine', 'In quarantine', 'quarantine', 'third', [{ key: 'reason', label: 'Reason', format: (_, row) => f.rule(row) }, number('records', 'Records'), { key: 'last_seen_at', label: 'Last', number: true, format: f.moment }]);
    this.drift = list('drift', 'Fields we do not know', 'drift', 'third', [{ key: 'field', label: 'Field' }, { key: 'shape', label: 'In', format: f.capital }, number('records', 'Records'), { key: 'first_seen_at', label: 'Since', number: true, format: f.moment }]);
    this.out = list('left_out', 'Left out of averages', 'left_out', 'third', [{ key: 'metric', label: 'Average', format: (name) => metrics[name] ?? f.capital(name.replaceAll('_', ' ')) }, { key: 'reason', label: 'Reason' }, number('records', 'Left out'), number('of', 'Of')]);
    this.el = h('div', { class: 'tiles' }, this.rules.el, this.quarantine.el, this.drift.el, this.out.el);
    this.query({ path: 'quality', filters: chosen, tiles: [this.rules, this.quarantine, this.drift, this.out], draw: (answer) => this.draw(answer), every: 20000 });
  }

  draw(answer) {
    Object.assign(this.rows, answer);
    this.drawRules(answer);
    const found = answer.rules.reduce((sum, row) => sum + row.records, 0);
    this.rules.said = `${f.int(found)} findings in ${f.plural(answer.events, 'event')}`;
    this.quarantine.said = `${f.plural(answer.quarantine.reduce((sum, row) => sum + row.records, 0), 'record')}; contents never shown`;
    this.drift.said = answer.drift.length ? 'Kept in bronze, not used' : '';
    for (const [one, key, words] of [[this.quarantine, 'quarantine', 'Nothing in quarantine.'], [this.drift, 'drift', 'Every field sent is known.'], [this.out, 'left_out', 'Nothing was left out.']]) {
      one.fill(answer[key].length === 0 ? h('p', { class: 'none', text: words })
        : h('div', { class: 'scroller', tabindex: '0', role: 'region', 'aria-label': one.title }, table(one.rows.columns, answer[key], one.title)));
    }
  }

  /** One line a rule with its own bars over time: many rules side by side stay readable where stacked colours do not. */
  drawRules(answer) {
    const buckets = this.buckets(answer);
    const order = { quarantine: 0, repair: 1, set: 2 };
    const rows = [...answer.rules].sort((a, b) => order[a.severity] - order[b.severity]);
    const shape = rows.map((row) => row.rule).join();
    if (this.rules.isEmpty || this.shape !== shape) {
      this.shape = shape;
      this.lines = rows.map((row) => {
        const bars = sparkbars('rule');
        const count = h('td', { class: 'number' });
        const share = h('td', { class: 'number soft' });
        const [sign, word] = severities[row.severity] ?? ['', row.severity];
        return { bars, count, share, el: h('tr', {}, h('th', { scope: 'row', text: f.rule(row), title: row.rule }), h('td', { class: 'severity', 'data-severity': row.severity }, h('i', { 'aria-hidden': 'true', text: `${sign} ` }), h('span', { class: 'word', text: word })), h('td', { class: 'over-time' }, bars.el), count, share) };
      });
      this.rules.fill(h('div', { class: 'scroller', tabindex: '0', role: 'region', 'aria-label': 'Rules' }, h('table', { class: 'rules' }, h('caption', { class: 'visually-hidden', text: 'Records found by each rule' }),
        h('thead', {}, h('tr', {}, h('th', { scope: 'col', text: 'Rule' }), h('th', { scope: 'col' }, h('span', { class: 'word', text: 'What happens' })), this.span = h('th', { scope: 'col', class: 'over-time' }), ['Records', 'Of all'].map((label) => h('th', { scope: 'col', class: 'number', text: label })))), h('tbody', {}, this.lines.map((line) => line.el)))));
    }
    text(this.span, answer.from ? `${f.day(answer.from)} to ${f.day(answer.to)}` : 'Over time');
    rows.forEach((row, i) => {
      const line = this.lines[i];
      text(line.count, f.int(row.records));
      text(line.share, answer.events ? f.finePercent(row.records / answer.events) : '–');
      attribute(line.el, 'data-none', row.records === 0 ? 'true' : null);
      const points = buckets.get(row.rule) ?? [];
      line.bars.set(points, null, points.length ? `Between ${Math.min(...points)} and ${Math.max(...points)} in each of ${points.length} steps` : 'Nothing found');
    });
  }

  /** At most 60 bars a rule, whatever the period. */
  buckets(answer) {
    if (!answer.from) return new Map();
    const from = Date.parse(answer.from);
    const hours = Math.max(1, Math.ceil((Date.parse(answer.to) - from) / 3600000));
    const size = Math.ceil(hours / 60);
    const n = Math.ceil(hours / size);
    const all = new Map(answer.rules.map((row) => [row.rule, row.records ? new Array(n).fill(0) : []]));
    for (const row of answer.hours) {
      const list = all.get(row.rule);
      const i = Math.min(n - 1, Math.max(0, Math.floor((Date.parse(row.hour_at) - from) / 3600000 / size)));
      if (list?.length) list[i] += row.records;
    }
    return all;
  }
}

export const create = () => new Quality();
