import { apart, categoryAxis, chart, endLabel, tooltip, valueAxis } from '../charts.js';
import { current, go } from '../address.js';
import { attribute, h, text } from '../dom.js';
import * as f from '../format.js';
import { Place } from '../place.js';

const everyone = ['hospital', 'department', 'gender', 'age_band', 'period'];
const present = ['hospital', 'department', 'gender', 'age_band'];
const beds = ['hospital', 'department', 'period'];
const number = (key, label, format = f.int) => ({ key, label, number: true, format });

class Efficiency extends Place {
  constructor() {
    super();
    this.rows = { departments: [], trend: [], overstays: [], turnover: [], nights: [] };
    const stays = {
      path: 'length-of-stay', filters: everyone, table: 'departments', get: () => this.rows.departments,
      columns: [{ key: 'department', label: 'Department' }, number('completed', 'Completed'), number('left_out', 'Left out'), number('median_hours', 'Median', f.hours), number('p90_hours', 'p90', f.hours),
        number('mean_hours', 'Mean', f.hours), number('waited', 'With a waiting time'), number('wait_median_minutes', 'Waiting, median', f.minutes), number('wait_p90_minutes', 'Waiting, p90', f.minutes)],
    };
    this.stay = this.tile({ metric: 'length_of_stay', title: 'Length of stay', className: 'half tall', rows: stays });
    this.wait = this.tile({ metric: 'waiting_time', title: 'Waiting before admission', className: 'half tall', rows: stays });
    this.trend = this.tile({
      metric: 'length_of_stay_trend', title: 'Length of stay, day by day', className: 'two-thirds medium', rows: {
        path: 'length-of-stay', filters: everyone, table: 'trend', get: () => [...this.rows.trend].reverse(),
        columns: [{ key: 'date', label: 'Date', format: f.localDate }, number('completed', 'Completed'), number('median_hours', 'Median', f.hours), number('p90_hours', 'p90', f.hours), number('wait_median_minutes', 'Waiting, median', f.minutes), number('wait_p90_minutes', 'Waiting, p90', f.minutes)],
      },
    });
    this.midnight = this.tile({
      metric: 'midnight_occupancy', title: 'Occupancy at midnight', className: 'third medium with-figure', rows: {
        path: 'census', filters: beds, get: () => this.rows.nights, columns: [{ key: 'hour_at', label: 'Midnight of', format: f.day }, number('census', 'Patients'), number('staffed_beds', 'Staffed beds'), number('occupancy', 'Occupancy', f.percent)],
      },
    });
    this.over = this.tile({
      metric: 'overstays', title: 'Staying longer than nine in ten', className: 'wide list', rows: { path: 'overstays', filters: present, get: () => this.rows.overstays, columns: overstayColumns },
    });
    this.turn = this.tile({
      metric: 'turnover', title: 'Bed turnover', className: 'wide list', rows: { path: 'turnover', filters: beds, get: () => this.rows.turnover, columns: turnoverColumns },
    });
    this.el = h('div', { class: 'tiles' }, this.stay.el, this.wait.el, this.trend.el, this.midnight.el, this.over.el, this.turn.el);
    this.query({ path: 'length-of-stay', filters: everyone, tiles: [this.stay, this.wait, this.trend], draw: (answer) => this.drawStays(answer) });
    this.query({ path: 'census', filters: beds, tiles: [this.midnight], draw: (answer) => this.drawMidnight(answer), every: 30000 });
    this.query({ path: 'overstays', filters: present, tiles: [this.over], draw: (answer) => this.drawOver(answer) });
    this.query({ path: 'turnover', filters: beds, tiles: [this.turn], draw: (answer) => this.drawTurn(answer), every: 30000 });
  }

  chart(one) {
    if (one.isEmpty) {
      one.fill();
      one.chart = chart(one.body);
      this.closers.push(() => one.chart.close());
    }
    return one.chart;
  }

  drawStays(answer) {
    Object.assign(this.rows, { departments: answer.departments, trend: answer.trend });
    const out = answer.departments.reduce((sum, row) => sum + row.left_out, 0);
    const n = answer.departments.reduce((sum, row) => sum + row.completed, 0);
    this.stay.said = `${f.plural(n, 'completed visit')}, ${f.int(out)} left out`;
    this.wait.said = `${f.plural(answer.departments.reduce((sum, row) => sum + row.waited, 0), 'visit')} with a waiting time`;
    const long = answer.departments.filter((row) => row.median_hours !== null).sort((a, b) => b.median_hours - a.median_hours);
    const slow = answer.departments.filter((row) => row.wait_median_minutes !== null).sort((a, b) => b.wait_median_minutes - a.wait_median_minutes);
    this.chart(this.stay).draw((l, width) => spans(l, width, long.map((row) => [row.department, row.median_hours, row.p90_hours, row.completed]), { scale: 24, unit: 'd', format: f.hours }), `Length of stay by department: ${long.map((row) => `${row.department} median ${f.hours(row.median_hours)}, p90 ${f.hours(row.p90_hours)}`).join('; ')}`);
    this.chart(this.wait).draw((l, width) => spans(l, width, slow.map((row) => [row.department, row.wait_median_minutes, row.wait_p90_minutes, row.waited]), { ...waitScale(slow), format: f.minutes }), `Waiting by department: ${slow.map((row) => `${row.department} median ${f.minutes(row.wait_median_minutes)}, p90 ${f.minutes(row.wait_p90_minutes)}`).join('; ')}`);
    const days = wholeDays(answer);
    this.trend.said = days.length < answer.trend.length ? 'Whole days; the rows have the begun ones too' : '';
    const end = days.at(-1) ?? {};
    const longest = Math.max(24, ...days.map((row) => row.p90_hours ?? 0));
    this.chart(this.trend).draw((l, _, height) => {
      const [p90, median] = apart(l, end.p90_hours ?? 0, end.median_hours ?? 0, longest, height);
      return ({
      grid: { left: 4, right: 72, top: 16, bottom: 4, containLabel: true },
      xAxis: categoryAxis(l, days.map((row) => row.date), { boundaryGap: false, axisLabel: { formatter: f.localDate } }), yAxis: valueAxis(l, { axisLabel: { formatter: (value) => `${f.int(value / 24)} d` }, ...dayScale(days) }),
      tooltip: tooltip(l, { formatter: ([item]) => { const row = days[item.dataIndex]; return `${f.localDate(row.date)}\nmedian ${f.hours(row.median_hours)}\np90 ${f.hours(row.p90_hours)}\n${f.plural(row.completed, 'completed visit')}`; } }),
      series: [
        { type: 'line', data: days.map((row) => row.p90_hours), showSymbol: days.length < 20, symbol: 'circle', symbolSize: 5, lineStyle: { color: l.soft, width: 1.5 }, itemStyle: { color: l.soft }, endLabel: endLabel(l, 'p90', l.soft, p90) },
        { type: 'line', data: days.map((row) => row.median_hours), showSymbol: days.length < 20, symbol: 'circle', symbolSize: 5, lineStyle: { color: l.accent, width: 2 }, itemStyle: { color: l.accent }, endLabel: endLabel(l, 'Median', l.accent, median) }],
      });
    }, days.length ? `Length of stay by day; last median ${f.hours(days.at(-1).median_hours)}, p90 ${f.hours(days.at(-1).p90_hours)}` : 'No days yet');
  }

  drawMidnight(answer) {
    const { midnight } = answer;
    this.rows.nights = answer.hours.filter((row) => f.short(row.hour_at).startsWith('00:'));
    if (this.midnight.isEmpty) {
      this.share = h('p', { class: 'figure' }, h('span', { class: 'value' }));
      this.nights = h('p', { class: 'versus' });
      this.midnight.fill(this.share, this.nights);
      this.midnight.chart = chart(this.midnight.body);
      this.closers.push(() => this.midnight.chart.close());
    }
    const nights = this.rows.nights;
    this.midnight.chart.draw((l) => ({
      xAxis: categoryAxis(l, nights.map((row) => row.hour_at), { axisLabel: { formatter: f.date } }),
      yAxis: valueAxis(l, { splitNumber: 2, max: (range) => Math.max(1, range.max), minInterval: 0.5, axisLabel: { formatter: f.percent } }),
      tooltip: tooltip(l, { axisPointer: { type: 'none' }, formatter: ([item]) => `Midnight of ${f.day(item.name)}\n${f.percent(item.value)}, ${f.int(nights[item.dataIndex].census)} of ${f.int(nights[item.dataIndex].staffed_beds)}` }),
      series: [{ type: 'bar', data: nights.map((row) => row.occupancy), itemStyle: { color: l.accent }, barCategoryGap: '35%', barMaxWidth: 32 }],
    }), `Occupancy at each midnight: ${nights.map((row) => `${f.date(row.hour_at)} ${f.percent(row.occupancy)}`).join(', ')}`);
    text(this.share.firstChild, f.percent(midnight.occupancy));
    text(this.nights, `${f.int(midnight.occupied_bed_days)} of ${f.int(midnight.staffed_bed_days)} bed-days, ${f.plural(midnight.nights, 'night')}; not comparable with live occupancy`);
  }

  drawOver(answer) {
    this.rows.overstays = answer.rows;
    this.sorted ??= new Sorted(overstayColumns, '-overstays', 'Overstays by department', 'overstays', 'Nobody stays longer than nine in ten did.');
    if (this.over.isEmpty) this.over.fill(this.sorted.el);
    this.sorted.set(answer.rows);
    this.over.said = answer.rows.length === 0 ? '' : `${f.plural(answer.rows.reduce((sum, row) => sum + row.overstays, 0), 'patient')} in ${f.plural(answer.rows.length, 'department')}`;
  }

  drawTurn(answer) {
    this.rows.turnover = answer.rows;
    this.turned ??= new Sorted(turnoverColumns, '-turnover', 'Bed turnover by department', 'turnover', 'No bed was left in this period.');
    if (this.turn.isEmpty) this.turn.fill(this.turned.el);
    this.turned.set(answer.rows);
    this.turn.said = answer.from ? `${f.date(answer.from)} to ${f.date(answer.to)}, ${f.one(answer.days)} days` : '';
  }

  refilter() {
    super.refilter();
    this.sorted?.draw();
    this.turned?.draw();
  }
}

const overstayColumns = [{ key: 'hospital', label: 'Hospital' }, { key: 'department', label: 'Department', format: f.department }, number('overstays', 'Overstays'), number('present', 'Present'), number('threshold_hours', 'Nine in ten leave within', f.hours),
  number('median_hours_over', 'Over by, median', f.hours), number('longest_hours', 'Longest', f.hours)];
const turnoverColumns = [{ key: 'hospital', label: 'Hospital' }, { key: 'department', label: 'Department', format: f.department }, number('discharges', 'Discharges'), number('transfers_out', 'Transfers out'), number('average_staffed_beds', 'Staffed beds', f.one),
  number('turnover', 'Turnover', f.two), number('interval_hours', 'Empty', f.hours), number('turnaround_median_minutes', 'Turnaround, median', f.minutes), number('turnaround_p90_minutes', 'p90', f.minutes)];

/** A table the reader sorts; the order lives in the address (sort=overstays:-longest_hours) and changes only when asked. */
class Sorted {
  constructor(columns, order, caption, name, none) {
    Object.assign(this, { columns, order, name, rows: [] });
    this.none = h('p', { class: 'none', text: none, hidden: true });
    this.buttons = columns.map((column) => h('button', { type: 'button', class: 'sort', on: { click: () => this.turn(column) } }, column.label, h('span', { class: 'direction', 'aria-hidden': 'true' })));
    this.heads = columns.map((column, i) => h('th', { scope: 'col', class: column.number ? 'number' : '' }, this.buttons[i]));
    this.body = h('tbody');
    this.el = h('div', { class: 'scroller', tabindex: '0', role: 'region', 'aria-label': caption }, h('table', {}, h('caption', { class: 'visually-hidden', text: caption }), h('thead', {}, h('tr', {}, this.heads)), this.body), this.none);
  }

  get sort() {
    const [name, order] = (current().sort ?? '').split(':');
    return name === this.name && order ? order : this.order;
  }

  turn(column) {
    const key = this.sort.replace('-', '');
    const down = this.sort.startsWith('-');
    go({ sort: `${this.name}:${key === column.key ? (down ? '' : '-') : column.number ? '-' : ''}${column.key}` }, { replace: true });
  }

  set(rows) {
    this.rows = rows;
    this.draw();
  }

  draw() {
    const key = this.sort.replace('-', '');
    const sign = this.sort.startsWith('-') ? -1 : 1;
    this.heads.forEach((head, i) => {
      const here = this.columns[i].key === key;
      attribute(head, 'aria-sort', here ? (sign < 0 ? 'descending' : 'ascending') : null);
      text(this.buttons[i].lastChild, here ? (sign < 0 ? '↓' : '↑') : '');
    });
    const value = (row) => row[key] ?? -Infinity;
    const rows = [...this.rows].sort((a, b) => (typeof value(a) === 'string' ? value(a).localeCompare(value(b)) : value(a) - value(b)) * sign);
    this.none.hidden = rows.length > 0;
    while (this.body.children.length > rows.length) this.body.lastChild.remove();
    rows.forEach((row, r) => {
      const line = this.body.children[r] ?? this.body.appendChild(h('tr', {}, this.columns.map((column, i) => h(i === 0 ? 'th' : 'td', { scope: i === 0 ? 'row' : null, class: column.number ? 'number' : '' }))));
      this.columns.forEach((column, c) => text(line.children[c], column.format ? column.format(row[column.key]) : row[column.key]));
    });
  }
}

/** Days that the period covers from midnight to midnight: of a begun one only short stays have ended. All of them if there are hardly any. */
function wholeDays({ trend, from, to }) {
  const whole = trend.filter((row) => row.date > f.isoDate(from) && row.date < f.isoDate(to));
  return whole.length > 1 ? whole : trend;
}

/** Waiting in minutes, or in hours where somebody waits for hours. */
function waitScale(rows) {
  const most = Math.max(0, ...rows.map((row) => row.wait_p90_minutes));
  return most < 180 ? { scale: 1, unit: 'min' } : most < 2880 ? { scale: 60, unit: 'h' } : { scale: 1440, unit: 'd' };
}

/** Whole days on the axis, and a top that is one of them. */
function dayScale(days) {
  const most = Math.max(24, ...days.map((row) => row.p90_hours ?? 0));
  const interval = Math.ceil(most / 24 / 4) * 24;
  return { interval, max: Math.ceil(most / interval) * interval };
}

/** Median and p90 of each department on one axis, with both numbers in columns beside it. */
function spans(l, width, rows, { scale, unit, format }) {
  const most = Math.max(1, ...rows.map((row) => row[2] / scale));
  const font = `${l.small}px ${l.font}`;
  const column = l.rem * 4.25;
  const words = (x, y, value, fill) => ({ type: 'text', x, y, style: { text: value, fill, align: 'right', verticalAlign: 'middle', font } });
  return {
    grid: { left: 4, right: column * 2 + 8, top: 28, bottom: 4, containLabel: true },
    graphic: [words(width - column - 4, 12, '● median', l.accent), words(width - 4, 12, '| p90', l.soft)],
    xAxis: valueAxis(l, { max: Math.ceil(most * 1.03), minInterval: 1, splitNumber: width < 480 ? 2 : 4, axisLabel: { formatter: (value) => `${f.int(value)} ${unit}`, showMaxLabel: false } }),
    yAxis: categoryAxis(l, rows.map((row) => f.department(row[0])), { inverse: true, axisLine: { show: false }, axisLabel: { color: l.ink, interval: 0 } }),
    tooltip: tooltip(l, { trigger: 'item', formatter: ({ dataIndex }) => `${rows[dataIndex][0]}\nmedian ${format(rows[dataIndex][1])}\np90 ${format(rows[dataIndex][2])}\n${f.int(rows[dataIndex][3])} visits` }),
    series: [{
      type: 'custom', clip: false, data: rows.map((row, i) => [row[1] / scale, row[2] / scale, i]), encode: { x: [0, 1], y: 2 },
      renderItem(_, api) {
        const [a, y] = api.coord([api.value(0), api.value(2)]);
        const [b] = api.coord([api.value(1), api.value(2)]);
        const row = rows[api.value(2)];
        return {
          type: 'group', children: [
            { type: 'line', shape: { x1: a, y1: y, x2: b, y2: y }, style: { stroke: l.accent, lineWidth: 2, opacity: 0.4 } },
            { type: 'line', shape: { x1: b, y1: y - 6, x2: b, y2: y + 6 }, style: { stroke: l.accent, lineWidth: 2 } },
            { type: 'circle', shape: { cx: a, cy: y, r: 5 }, style: { fill: l.accent } },
            words(width - column - 4, y, format(row[1]), l.ink), words(width - 4, y, format(row[2]), l.soft)],
        };
      },
    }],
  };
}

export const create = () => new Efficiency();
