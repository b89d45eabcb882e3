import { current, go, link } from '../address.js';
import { attribute, h, memory, reserve, text } from '../dom.js';
import * as f from '../format.js';
import { Place } from '../place.js';
import { sparkbars, sparkline } from '../spark.js';
import { silent } from '../status.js';
import { rowsArrived } from '../tile.js';

const pause = 15000; // the order of hospitals is looked at again this often at most, and never under a pointer or with the focus inside

const rowColumns = (names, key, label, format = f.int) => [
  { key: 'hospital_id', label: 'Hospital', format: (id) => names.get(id) ?? String(id) }, { key: 'department', label: 'Department' },
  { key, label, number: true, format }, { key: 'staffed_beds', label: 'Staffed beds', number: true, format: f.int },
];

/** One of the five figures. */
function figure(place, { metric, title, keys, drawing, column }) {
  const values = keys.map(() => h('span', { class: 'value', text: '–' }));
  const units = { admissions_today: 'in', discharges_today: 'out' };
  // Of two figures each has its half and its word in front: however many digits come, nothing moves.
  const line = keys.length === 1 ? h('p', { class: 'figure' }, values)
    : h('p', { class: 'pair' }, keys.map((key, i) => h('span', { class: 'figure' }, h('span', { class: 'unit', text: units[key] }), values[i])));
  const difference = h('p', { class: 'versus' });
  const spark = drawing === 'bars' ? sparkbars() : sparkline();
  const made = place.tile({
    metric, title, className: `small ${drawing}`, rows: {
      path: 'now', filters: ['hospital', 'department'], table: 'departments', get: () => place.departments,
      columns: column.length === 2 ? [...rowColumns(place.names, keys[0], column[0]).slice(0, 3), { key: keys[1], label: column[1], number: true, format: f.int }] : rowColumns(place.names, keys[0], column[0]),
    },
  });
  const parts = h('div', { class: 'parts' }, line, difference, spark.el);
  return {
    tile: made,
    live(totals, week) {
      if (made.isEmpty) made.fill(parts);
      keys.forEach((key, i) => text(values[i], f.int(totals[key])));
      if (!week) return;
      const words = keys.map((key) => f.versus(totals[key], week[key]));
      text(difference, keys.length === 1 ? words[0] : compare(totals, week));
    },
    history(s, totals) {
      if (s.hour_at.length === 0) return;
      if (drawing === 'bars') {
        spark.set(s.admissions.map((n) => n ?? 0), s.discharges.map((n) => n ?? 0), `The last 24 hours: ${f.int(sum(s.admissions))} in, ${f.int(sum(s.discharges))} out`);
      } else {
        const points = s[keys[0]];
        const known = points.filter((n) => n !== null);
        const ceiling = keys[0] === 'census' ? totals.staffed_beds : null;
        spark.set(points, ceiling, known.length ? `The last 24 hours: between ${f.int(Math.min(...known))} and ${f.int(Math.max(...known))}${ceiling ? `, with ${f.int(ceiling)} staffed beds` : ''}` : 'No history yet');
      }
    },
  };
}

function compare(totals, week) {
  if (week.admissions_today === null && week.discharges_today === null) return 'no figure from a week ago';
  const part = (key, word) => {
    if (week[key] === null) return `${word}: no figure`;
    const difference = totals[key] - week[key];
    return difference === 0 ? `same ${word}` : `${f.int(Math.abs(difference))} ${difference > 0 ? 'more' : 'fewer'} ${word}`;
  };
  return `${part('admissions_today', 'in')}, ${part('discharges_today', 'out')} than a week ago`;
}

const sum = (list) => list.reduce((a, b) => a + (b ?? 0), 0);

/** A place for a hospital; which hospital stands in it can change without anything moving. */
function slot() {
  const name = h('a', { class: 'name', href: '#/now' });
  const mark = h('span', { class: 'mark', 'data-level': 'none' });
  const free = h('span', { class: 'value', text: '–' });
  const fill = h('span', { class: 'fill' });
  const closed = h('span', { class: 'closed' });
  const bar = h('span', { class: 'bar', role: 'img' }, fill, closed);
  const facts = ['Occupied', 'Closed beds', 'In, last hour', 'Out, last hour', 'Overdue'].map((label) => ({ label: h('span', { text: label }), value: h('span', { class: 'count' }) }));
  const el = h('li', { class: 'hospital' }, h('h3', {}, name), h('p', { class: 'figure' }, free, h('span', { class: 'unit', text: 'free' }), mark), bar, h('ul', {}, facts.map(({ label, value }) => h('li', {}, label, value))));
  return {
    el,
    set(hospital, isSilent) {
      text(name, hospital.name);
      attribute(name, 'title', hospital.name);
      attribute(name, 'href', link({ place: 'now', hospital: hospital.hospital_id, rows: null, open: null }));
      const { level, word } = f.pressure(hospital.occupancy);
      attribute(mark, 'data-level', isSilent ? 'silent' : level);
      text(mark, isSilent ? 'Silent' : word);
      reserve(free, f.int(hospital.free_beds), 2);
      const all = Math.max(1, hospital.staffed_beds + hospital.closed_beds);
      // Two closed beds of two hundred would be a pixel: what is closed is seen, however little it is.
      const staffed = hospital.closed_beds > 0 ? Math.min(hospital.staffed_beds / all, 0.95) : 1;
      fill.style.transform = `scaleX(${(Math.min(1, hospital.occupancy ?? 0) * staffed).toFixed(4)})`;
      closed.style.transform = `translateX(${hospital.closed_beds > 0 ? (staffed * 100).toFixed(2) : 100}%)`;
      attribute(bar, 'data-level', level);
      attribute(bar, 'aria-label', `${f.percent(hospital.occupancy)} of ${f.int(hospital.staffed_beds)} staffed beds occupied, ${f.int(hospital.closed_beds)} more closed`);
      text(facts[0].label, `Of ${f.int(hospital.staffed_beds)} staffed`);
      [f.percent(hospital.occupancy), f.int(hospital.closed_beds), f.int(hospital.admissions_last_hour), f.int(hospital.discharges_last_hour), f.int(hospital.overdue)].forEach((value, i) => text(facts[i].value, value));
      attribute(el, 'data-silent', isSilent ? 'true' : null);
    },
  };
}

class Now extends Place {
  constructor() {
    super();
    this.names = new Map();
    this.departments = [];
    this.hospitals = [];
    this.order = [];
    this.sortedAt = -Infinity;
    this.week = null;
    const expected = Number(memory.get('hospitals') ?? 7);
    this.figures = [
      { metric: 'census', title: 'Patients in a bed', keys: ['census'], drawing: 'line', column: ['Patients'] },
      { metric: 'free_beds', title: 'Free beds', keys: ['free_beds'], drawing: 'line', column: ['Free beds'] },
      { metric: 'waiting', title: 'Waiting for a bed', keys: ['waiting'], drawing: 'line', column: ['Waiting'] },
      { metric: 'admissions_discharges_today', title: 'In and out today', keys: ['admissions_today', 'discharges_today'], drawing: 'bars', column: ['In', 'Out'] },
      { metric: 'overdue', title: 'Overdue to leave', keys: ['overdue'], drawing: 'line', column: ['Overdue'] },
    ].map((one) => figure(this, one));
    this.list = h('ol', { class: 'hospitals' }, Array.from({ length: expected }, () => h('li', { class: 'hospital skeleton', 'aria-hidden': 'true' })));
    this.pressure = this.tile({
      metric: 'hospitals', title: 'Hospitals under most pressure', className: 'bare', rows: {
        path: 'now', filters: ['hospital', 'department'], table: 'hospitals', get: () => this.hospitals, columns: [
          { key: 'name', label: 'Hospital' }, { key: 'free_beds', label: 'Free', number: true, format: f.int }, { key: 'census', label: 'Patients', number: true, format: f.int },
          { key: 'staffed_beds', label: 'Staffed beds', number: true, format: f.int }, { key: 'closed_beds', label: 'Closed', number: true, format: f.int },
          { key: 'occupancy', label: 'Occupancy', number: true, format: f.percent }, { key: 'waiting', label: 'Waiting', number: true, format: f.int },
          { key: 'admissions_last_hour', label: 'In, last hour', number: true, format: f.int }, { key: 'discharges_last_hour', label: 'Out, last hour', number: true, format: f.int },
          { key: 'expected_discharges_24h', label: 'Expected out, 24 h', number: true, format: f.int }, { key: 'overdue', label: 'Overdue', number: true, format: f.int }],
      },
    });
    this.pressure.body.replaceChildren(this.list);
    this.matrix = this.tile({
      metric: 'matrix', title: 'Free beds by department', className: 'matrix', rows: {
        path: 'now', filters: ['hospital', 'department'], table: 'departments', get: () => this.departments, columns: [
          ...rowColumns(this.names, 'free_beds', 'Free'), { key: 'census', label: 'Patients', number: true, format: f.int },
          { key: 'closed_beds', label: 'Closed', number: true, format: f.int }, { key: 'occupancy', label: 'Occupancy', number: true, format: f.percent },
          { key: 'waiting', label: 'Waiting', number: true, format: f.int }, { key: 'expected_discharges_24h', label: 'Expected out, 24 h', number: true, format: f.int },
          { key: 'overdue', label: 'Overdue', number: true, format: f.int }],
      },
    });
    this.expected = expected;
    this.makeRoom();
    this.el = h('div', { class: 'now' }, h('div', { class: 'figures' }, this.figures.map((one) => one.tile.el)), this.pressure.el, this.matrix.el);
    this.query({ path: 'now', filters: ['hospital', 'department'], tiles: [...this.figures.map((one) => one.tile), this.pressure, this.matrix], draw: (payload) => this.now(payload), every: 30000 });
    const again = setInterval(() => this.sort(), 3000);
    this.closers.push(() => clearInterval(again));
  }

  now(payload) {
    this.week = payload.previous_week;
    // The stream runs ahead of the store, which answers here: what it has shown already is not taken back.
    this.take(this.all && this.all.as_of > payload.as_of ? this.all : payload);
    for (const one of this.figures) one.history(payload.sparklines, this.totals);
  }

  live(payload) {
    if (payload.as_of === null) return;
    this.take(payload);
    for (const one of this.tiles) {
      one.fresh(payload.as_of);
      rowsArrived(one.metric);
    }
  }

  heartbeat() {
    if (this.shownSilent !== this.silent().join()) this.draw();
  }

  silent() {
    return silent().map((one) => one.hospital_id);
  }

  /** The matrix has its height before its rows come, so that nothing below it moves. */
  makeRoom() {
    this.matrix.body.style.minHeight = `${3.5 + (current().hospital ? 1 : this.expected) * 2.39}rem`;
  }

  refilter() {
    this.week = null;
    this.makeRoom();
    super.refilter();
    if (this.all) this.live(this.all);
  }

  /** The stream carries the whole network; what is chosen is picked here, with totals of just that. */
  take(payload) {
    if (!this.all || payload.batch >= this.all.batch) this.all = payload;
    const { hospital, department } = current();
    for (const one of payload.hospitals) this.names.set(one.hospital_id, one.name);
    const chosen = (row) => (!hospital || String(row.hospital_id) === hospital) && (!department || row.department === department);
    this.departments = payload.departments.filter(chosen);
    this.hospitals = payload.hospitals.filter((one) => !hospital || String(one.hospital_id) === hospital);
    if (department) this.hospitals = this.hospitals.map((one) => ({ ...one, ...total(this.departments.filter((row) => row.hospital_id === one.hospital_id)) })).filter((one) => one.rows > 0);
    this.totals = !hospital && !department ? payload.totals : department ? total(this.departments) : this.hospitals[0] ?? total([]);
    if (!hospital && !department && this.hospitals.length > 0) memory.set('hospitals', this.hospitals.length);
    for (const one of this.figures) one.live(this.totals, this.week);
    this.draw();
  }

  draw() {
    const byId = new Map(this.hospitals.map((one) => [one.hospital_id, one]));
    if (this.order.length !== byId.size || this.order.some((id) => !byId.has(id))) this.sort(true);
    const silent = this.silent();
    this.shownSilent = silent.join();
    if (this.slots?.length !== this.order.length) {
      this.slots = this.order.map(slot);
      this.list.replaceChildren(...this.slots.map((one) => one.el));
      this.pressure.fill(this.list);
    }
    this.order.forEach((id, i) => this.slots[i].set(byId.get(id), silent.includes(id)));
    this.drawMatrix(silent);
  }

  /** By occupancy, the fullest first; only on a pause, so that nothing moves under a pointer. */
  sort(now = false) {
    if (!now && (performance.now() - this.sortedAt < pause || this.el.matches(':has(.hospitals:hover, .grid:hover, .hospitals :focus, .grid :focus)'))) return;
    this.sortedAt = performance.now();
    const next = [...this.hospitals].sort((a, b) => (b.occupancy ?? -1) - (a.occupancy ?? -1) || a.hospital_id - b.hospital_id).map((one) => one.hospital_id);
    if (next.join() === this.order.join()) return;
    this.order = next;
    if (!now) this.draw();
  }

  drawMatrix(silent) {
    const columns = [...new Set([...this.departments].sort((a, b) => b.is_mapped - a.is_mapped).map((row) => row.department))]; // unknown ones last
    const shape = `${this.order.length}:${columns.join()}`;
    if (this.shape !== shape) {
      this.shape = shape;
      this.cells = this.order.map(() => columns.map(() => h('button', { type: 'button', class: 'cell', on: { click: (event) => go({ open: event.currentTarget.dataset.open }, { replace: true }) } }, h('span'))));
      this.heads = this.order.map(() => h('th', { scope: 'row' }));
      const grid = h('table', { class: 'grid' }, h('caption', { class: 'visually-hidden', text: 'Free beds of each department; press a cell for its last 48 hours and its beds' }),
        h('thead', {}, h('tr', {}, h('td'), columns.map((name) => h('th', { scope: 'col' }, h('span', { class: 'long', text: f.department(name) }), h('span', { class: 'short', 'aria-hidden': 'true', text: f.department(name).slice(0, 3) }))))),
        h('tbody', {}, this.order.map((_, r) => h('tr', {}, this.heads[r], this.cells[r].map((cell) => h('td', {}, cell))))));
      if (columns.length < 4) grid.style.maxWidth = `${18 + columns.length * 8}rem`; // one cell is no banner
      this.matrix.fill(h('div', { class: 'scroller' }, grid), legend());
    }
    this.matrix.said = this.departments.some((row) => row.staffed_beds === 0 && row.census > 0) ? '+ patients where no staffed beds are known' : '';
    text(this.matrix.note, this.matrix.said);
    const rows = new Map(this.departments.map((row) => [`${row.hospital_id}/${row.department}`, row]));
    this.order.forEach((id, r) => {
      text(this.heads[r], this.names.get(id));
      columns.forEach((name, c) => {
        const cell = this.cells[r][c];
        const row = rows.get(`${id}/${name}`);
        attribute(cell, 'data-step', row ? step(row.occupancy) : 'none');
        attribute(cell, 'data-open', `${id}/${name}`);
        attribute(cell, 'data-silent', silent.includes(id) ? 'true' : null);
        cell.disabled = !row;
        if (!row) {
          text(cell.firstChild, '');
          attribute(cell, 'aria-label', `${this.names.get(id)} has no ${name}`);
          return;
        }
        if (row.staffed_beds === 0) {
          text(cell.firstChild, row.census ? `+${row.census}` : '');
          attribute(cell, 'aria-label', `${this.names.get(id)}, ${f.department(name)}: ${f.plural(row.census, 'patient')}, no staffed beds known`);
          return;
        }
        text(cell.firstChild, row.over_capacity > 0 ? `−${row.over_capacity}` : f.int(row.free_beds));
        attribute(cell, 'aria-label', `${this.names.get(id)}, ${name}: ${row.over_capacity > 0 ? `${row.over_capacity} over the staffed beds` : f.plural(row.free_beds, 'free bed')}, ${f.percent(row.occupancy)} occupied`);
      });
    });
  }
}

function step(occupancy) {
  if (occupancy === null) return 'none';
  if (occupancy > 1) return 'over';
  return occupancy >= 0.92 ? 3 : occupancy >= 0.85 ? 2 : occupancy >= 0.7 ? 1 : 0;
}

function legend() {
  const words = [['0', 'under 70 %'], ['1', '70 to 84 %'], ['2', '85 to 91 %'], ['3', '92 to 100 %'], ['over', '▲ over 100 %']];
  return h('p', { class: 'legend' }, h('span', { text: 'Occupancy' }), words.map(([level, words]) => h('span', { class: 'key' }, h('i', { class: 'cell', 'data-step': level }), words)));
}

/** Figures are additive over departments, occupancy is not. */
function total(rows) {
  const keys = ['census', 'staffed_beds', 'closed_beds', 'free_beds', 'over_capacity', 'waiting', 'admissions_last_hour', 'discharges_last_hour', 'admissions_today', 'discharges_today', 'expected_discharges_24h', 'overdue'];
  const figures = Object.fromEntries(keys.map((key) => [key, sum(rows.map((row) => row[key]))]));
  return { ...figures, rows: rows.length, occupancy: figures.staffed_beds ? figures.census / figures.staffed_beds : null };
}

export const create = () => new Now();
