import { apart, categoryAxis, chart, endLabel, tooltip, valueAxis } from '../charts.js';
import { h } from '../dom.js';
import * as f from '../format.js';
import { Place } from '../place.js';

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const everyone = ['hospital', 'department', 'gender', 'age_band', 'period'];
const beds = ['hospital', 'department', 'period'];

class Flow extends Place {
  constructor() {
    super();
    this.rows = { cells: [], hours: [], census: [], movements: [], people: [] };
    const number = (key, label, format = f.int) => ({ key, label, number: true, format });
    this.hourly = this.tile({
      metric: 'flow_hourly', title: 'In and out by hour', className: 'wide medium', rows: {
        path: 'flow', filters: beds, table: 'hours', get: () => [...this.rows.hours].reverse(),
        columns: [{ key: 'hour_at', label: 'Hour from', format: f.moment }, number('admissions', 'Admissions'), number('discharges', 'Discharges'), number('transfers_in', 'Transfers in'), number('transfers_out', 'Transfers out')],
      },
    });
    this.census = this.tile({
      metric: 'census_hourly', title: 'Patients and staffed beds', className: 'wide medium', rows: {
        path: 'census', filters: beds, get: () => [...this.rows.census].reverse(),
        columns: [{ key: 'hour_at', label: 'At', format: f.moment }, number('census', 'Patients'), number('staffed_beds', 'Staffed beds'), number('occupancy', 'Occupancy', f.percent)],
      },
    });
    this.arrivals = this.tile({
      metric: 'arrivals', title: 'When patients arrive', unit: 'mean an hour', className: 'five tall', rows: {
        path: 'arrivals', filters: everyone, get: () => this.rows.cells,
        columns: [{ key: 'weekday', label: 'Weekday', format: (n) => weekdays[n - 1] }, number('hour', 'Hour', (n) => `${String(n).padStart(2, '0')}:00`), number('arrivals', 'Arrivals'), number('mean', 'Mean', f.two)],
      },
    });
    this.movements = this.tile({
      metric: 'movements', title: 'Movements between departments', className: 'seven tall', rows: {
        path: 'flow', filters: beds, table: 'movements', get: () => this.rows.movements,
        columns: [{ key: 'from_department', label: 'From' }, { key: 'to_department', label: 'To' }, number('transfers', 'Transfers')],
      },
    });
    this.people = this.tile({
      metric: 'demographics', title: 'Who arrives', className: 'wide medium', rows: {
        path: 'demographics', filters: everyone, get: () => this.rows.people,
        columns: [{ key: 'gender', label: 'Gender', format: f.capital }, { key: 'age_band', label: 'Age', format: band }, number('patients', 'Patients')],
      },
    });
    this.el = h('div', { class: 'tiles' }, this.hourly.el, this.census.el, this.arrivals.el, this.movements.el, this.people.el);
    this.query({ path: 'flow', filters: beds, tiles: [this.hourly, this.movements], draw: (answer) => this.drawFlow(answer) });
    this.query({ path: 'census', filters: beds, tiles: [this.census], draw: (answer) => this.drawCensus(answer) });
    this.query({ path: 'arrivals', filters: everyone, tiles: [this.arrivals], draw: (answer) => this.drawArrivals(answer), every: 30000 });
    this.query({ path: 'demographics', filters: everyone, tiles: [this.people], draw: (answer) => this.drawPeople(answer), every: 30000 });
  }

  chart(one) {
    if (one.isEmpty) {
      one.fill();
      one.chart = chart(one.body);
      this.closers.push(() => one.chart.close());
    }
    return one.chart;
  }

  drawFlow(answer) {
    const { hours, movements } = answer;
    Object.assign(this.rows, { hours, movements });
    const total = (key) => hours.reduce((sum, row) => sum + row[key], 0);
    this.chart(this.hourly).draw((l, width) => {
      const most = Math.max(1, ...hours.map((row) => Math.max(row.admissions, row.discharges)));
      return {
        grid: { left: 4, right: width > 600 ? l.rem * 6.5 : 12, top: 12, bottom: 4, containLabel: true },
        xAxis: timeAxis(l, hours.map((row) => row.hour_at), width), yAxis: valueAxis(l, { min: -most, max: most, axisLabel: { formatter: (n) => f.int(Math.abs(n)), showMinLabel: false, showMaxLabel: false } }),
        tooltip: tooltip(l, { axisPointer: { type: 'shadow', shadowStyle: { color: l.soft, opacity: 0.15 } }, formatter: ([item]) => describe(hours[item.dataIndex]) }),
        graphic: width > 600 ? [{ type: 'text', right: 4, top: '20%', style: { text: '▲ admissions', fill: l.accent, font: `${l.small}px ${l.font}` } }, { type: 'text', right: 4, bottom: '32%', style: { text: '▼ discharges', fill: l.soft, font: `${l.small}px ${l.font}` } }] : [],
        series: [{ type: 'bar', stack: 'flow', data: hours.map((row) => row.admissions), itemStyle: { color: l.accent }, barCategoryGap: hours.length > 200 ? '0%' : '20%' },
          { type: 'bar', stack: 'flow', data: hours.map((row) => -row.discharges), itemStyle: { color: l.second } }],
      };
    }, `${f.int(total('admissions'))} admissions above the line and ${f.int(total('discharges'))} discharges below it, by hour`);
    this.hourly.said = `▲ ${f.int(total('admissions'))} admissions, ▼ ${f.int(total('discharges'))} discharges`;
    this.drawMovements(movements);
  }

  /** From in rows, to in columns: a table says it more exactly than ribbons do. */
  drawMovements(movements) {
    const names = [...new Set(movements.flatMap((row) => [row.from_department, row.to_department]))].sort((a, b) => (a === 'unmapped') - (b === 'unmapped') || a.localeCompare(b));
    const most = Math.max(1, ...movements.map((row) => row.transfers));
    const count = new Map(movements.map((row) => [`${row.from_department}/${row.to_department}`, row.transfers]));
    const short = (name) => [h('span', { class: 'long', text: f.department(name) }), h('span', { class: 'short', 'aria-hidden': 'true', text: f.department(name).slice(0, 3) })];
    const shade = (n) => (n ? Math.min(3, Math.floor((n / most) * 4)) : 'none');
    this.movements.el.style.setProperty('--cell', `${Math.min(2.4, 18.4 / Math.max(1, names.length)).toFixed(2)}rem`);
    this.movements.fill(names.length === 0 ? h('p', { class: 'none', text: 'No transfers in this period.' }) : h('div', { class: 'scroller', tabindex: '0', role: 'region', 'aria-label': 'Movements between departments' },
      h('table', { class: 'grid still' }, h('caption', { class: 'visually-hidden', text: 'Transfers from the department of the row to that of the column' }),
        h('thead', {}, h('tr', {}, h('td', { class: 'corner', text: 'from ↓ to →' }), names.map((name) => h('th', { scope: 'col' }, short(name))))),
        h('tbody', {}, names.map((from) => h('tr', {}, h('th', { scope: 'row' }, short(from)), names.map((to) => {
          const n = count.get(`${from}/${to}`) ?? 0;
          return h('td', {}, h('span', { class: 'cell', 'data-step': from === to ? 'self' : shade(n), text: n ? f.int(n) : '' }));
        })))))));
  }

  drawCensus(answer) {
    const rows = answer.hours;
    this.rows.census = rows;
    const last = rows.at(-1) ?? { census: 0, staffed_beds: 0 };
    const most = Math.max(1, ...rows.map((row) => Math.max(row.census, row.staffed_beds)));
    this.chart(this.census).draw((l, width, height) => {
      const [up, down] = apart(l, Math.max(last.census, last.staffed_beds), Math.min(last.census, last.staffed_beds), most, height);
      const [patients, staffed] = last.census > last.staffed_beds ? [up, down] : [down, up];
      return ({
      grid: { left: 4, right: width > 600 ? l.rem * 6.5 : 12, top: 20, bottom: 4, containLabel: true },
      xAxis: timeAxis(l, rows.map((row) => row.hour_at), width, { boundaryGap: false }), yAxis: valueAxis(l),
      tooltip: tooltip(l, { formatter: ([item]) => { const row = rows[item.dataIndex]; return `${f.day(row.hour_at)} ${f.short(row.hour_at)}\n${f.int(row.census)} patients\n${f.int(row.staffed_beds)} staffed beds\n${f.percent(row.occupancy)} occupied`; } }),
      series: [
        { type: 'line', step: 'end', data: rows.map((row) => row.staffed_beds), showSymbol: false, lineStyle: { color: l.soft, width: 1.5, type: 'dashed' }, itemStyle: { color: l.soft }, endLabel: width > 600 ? endLabel(l, 'Staffed beds', l.soft, staffed) : undefined },
        { type: 'line', step: 'end', data: rows.map((row) => row.census), showSymbol: false, lineStyle: { color: l.accent, width: 2 }, itemStyle: { color: l.accent }, areaStyle: { color: l.accent, opacity: 0.08 }, endLabel: width > 600 ? endLabel(l, 'Patients', l.accent, patients) : undefined }],
      });
    }, rows.length ? `Patients by hour, now ${f.int(rows.at(-1).census)} with ${f.int(rows.at(-1).staffed_beds)} staffed beds` : 'No hours yet');
    this.census.said = rows.length ? `${f.int(rows.at(-1).census)} patients (line), ${f.int(rows.at(-1).staffed_beds)} staffed beds (dashed)` : '';
  }

  drawArrivals(answer) {
    const { cells } = answer;
    this.rows.cells = cells;
    const most = Math.max(0.001, ...cells.map((cell) => cell.mean ?? 0));
    const peak = cells.find((cell) => cell.mean === most);
    this.chart(this.arrivals).draw((l, width) => ({
      grid: { left: 4, right: 4, top: 4, bottom: 4, containLabel: true },
      xAxis: categoryAxis(l, Array.from({ length: 24 }, (_, i) => String(i).padStart(2, '0')), { axisLine: { show: false }, axisLabel: { interval: width > 480 ? 1 : 5 } }),
      yAxis: categoryAxis(l, weekdays.map((name) => name.slice(0, 3)), { inverse: true, axisLine: { show: false } }),
      visualMap: { show: false, min: 0, max: most, dimension: 2, inRange: { color: [l.steps[0], l.steps[2], l.steps[3]] } },
      tooltip: tooltip(l, { trigger: 'item', formatter: ({ value: [hour, weekday, mean] }) => `${weekdays[weekday]} ${String(hour).padStart(2, '0')}:00\n${f.two(mean)} arrivals an hour` }),
      series: [{ type: 'heatmap', data: cells.map((cell) => [cell.hour, cell.weekday - 1, cell.mean ?? '-']), itemStyle: { borderColor: l.ground, borderWidth: 2, borderRadius: 3 }, emphasis: { itemStyle: { borderColor: l.ink, borderWidth: 1 } } }],
    }), peak ? `Arrivals by weekday and hour; most on ${weekdays[peak.weekday - 1]} from ${peak.hour}:00, ${f.one(peak.mean)} an hour` : 'No arrivals yet');
    this.arrivals.said = peak ? `Most: ${weekdays[peak.weekday - 1]} ${String(peak.hour).padStart(2, '0')}:00, ${f.one(peak.mean)} an hour` : '';
  }

  drawPeople(answer) {
    const { rows } = answer;
    this.rows.people = rows;
    const ages = ['0-17', '18-44', '45-64', '65-79', '80-89', '90+', 'unknown'].filter((name) => rows.some((row) => row.age_band === name));
    const genders = ['female', 'male', 'other', 'unknown'].filter((name) => rows.some((row) => row.gender === name));
    const count = (gender, age) => rows.find((row) => row.gender === gender && row.age_band === age)?.patients ?? 0;
    this.chart(this.people).draw((l, width) => ({
      grid: { left: 4, right: 12, top: 32, bottom: 4, containLabel: true },
      xAxis: categoryAxis(l, ages, { axisLabel: { formatter: band } }), yAxis: valueAxis(l),
      tooltip: tooltip(l, { axisPointer: { type: 'shadow', shadowStyle: { color: l.soft, opacity: 0.12 } }, formatter: (items) => [band(items[0].name), ...items.map((item) => `${item.seriesName} ${f.int(item.value)}`)].join('\n') }),
      series: genders.map((gender, i) => ({
        name: f.capital(gender), type: 'bar', data: ages.map((age) => count(gender, age)), itemStyle: { color: [l.accent, l.second, l.soft, l.line][i] }, barMaxWidth: 40,
        label: { show: width > 700 && i < 2, position: 'top', formatter: ({ dataIndex, value }) => (dataIndex === ages.indexOf('18-44') ? `${f.capital(gender)}\n${f.int(value)}` : f.int(value)), color: l.soft, fontSize: l.small, lineHeight: l.small * 1.3 },
      })),
    }), `Patients who arrived: ${genders.map((gender) => `${f.int(ages.reduce((sum, age) => sum + count(gender, age), 0))} ${gender}`).join(', ')}`);
    this.people.said = genders.map((gender) => `${f.int(ages.reduce((sum, age) => sum + count(gender, age), 0))} ${gender}`).join(', ');
  }
}

const band = (name) => f.capital(name.replace('-', '–'));
const describe = (row) => `${f.day(row.hour_at)} ${f.short(row.hour_at)}\n${f.plural(row.admissions, 'admission')}\n${f.plural(row.discharges, 'discharge')}\n${f.plural(row.transfers_in, 'transfer')} in, ${f.int(row.transfers_out)} out`;

/** Hours as categories, labelled by midnight, or by every sixth hour when it is one day. */
export function timeAxis(l, hours, width, more = {}) {
  const clock = hours.map(f.short);
  const oneDay = hours.length <= 50;
  const step = Math.max(1, Math.ceil(hours.length / 24 / Math.max(2, Math.floor(width / 90))));
  let midnight = -1;
  const marks = clock.map((text, i) => {
    if (((hours.length - i) / hours.length) * width < 110) return false; // its label would be cut at the edge
    if (oneDay) return Number(text.slice(0, 2)) % (width > 500 ? 3 : 6) === 0;
    return text.startsWith('00') && (midnight += 1) % step === 0 && i >= 0;
  });
  return categoryAxis(l, hours, { ...more, axisLabel: { interval: (i) => marks[i], formatter: oneDay ? (iso) => (f.short(iso) === '00:00' ? f.date(iso) : f.short(iso)) : f.day, align: 'left', hideOverlap: true } });
}

export const create = () => new Flow();
