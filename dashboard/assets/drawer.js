import { get, Problem, url } from './api.js';
import { current, go } from './address.js';
import { apart, categoryAxis, chart, endLabel, tooltip, valueAxis } from './charts.js';
import { attribute, h, iconButton, text } from './dom.js';
import * as f from './format.js';
import { definition } from './api.js';
import { table } from './tile.js';

// One department in a drawer at the side; #/now?open=1/ICU
const drawer = h('dialog', { id: 'drawer', class: 'drawer', 'aria-labelledby': 'drawer-title' });
document.body.append(drawer);
drawer.addEventListener('close', () => { stop(); if (current().open) go({ open: null }, { replace: true }); });
drawer.addEventListener('click', (event) => { if (event.target === drawer) drawer.close(); });

let shown = null;
let parts = null;
let abort = null;
let timer = 0;
let asked = -Infinity;

export function closeDrawer() { drawer.close(); }

/** Opens or closes what the address names. */
export function showDrawer() {
  const wanted = current().open ?? null;
  if (!wanted) {
    if (drawer.open) drawer.close();
    return;
  }
  if (shown === wanted && drawer.open) return;
  stop();
  shown = wanted;
  const cut = wanted.indexOf('/');
  build({ hospital: wanted.slice(0, cut), department: wanted.slice(cut + 1) });
  if (!drawer.open) drawer.showModal();
  load();
}

/** After a commit, at most every five seconds. */
export function drawerCommitted() {
  if (!drawer.open || timer) return;
  timer = setTimeout(load, Math.max(0, asked + 5000 - performance.now()));
}

function stop() {
  abort?.abort();
  clearTimeout(timer);
  timer = 0;
  parts?.census.close();
  parts?.ahead.close();
  parts = null;
  shown = null;
}

function section(metric, title, rows, params) {
  const body = h('div', { class: 'body' });
  const more = h('details', {}, h('summary', { text: 'What this is, and its rows' }), h('p', { class: 'meaning' }), h('div', { class: 'scroller', tabindex: '0', role: 'region', 'aria-label': `Rows: ${title}` }),
    h('a', { class: 'plain', href: url('department', params, rows), download: true, text: 'Download CSV' }));
  more.addEventListener('toggle', async () => {
    if (!more.open) return;
    try {
      const row = await definition(metric);
      text(more.querySelector('.meaning'), row ? `${row.definition} Source: ${row.source}. ${row.period}` : '');
    } catch (error) {
      text(more.querySelector('.meaning'), error.message);
    }
  });
  const said = h('span', { class: 'said' });
  return { el: h('section', { 'aria-label': title }, h('h3', {}, title, said), body, more), body, said, rows: more.querySelector('.scroller') };
}

function build(params) {
  const title = h('h2', { id: 'drawer-title', text: params.department });
  const under = h('p', { class: 'under', text: ' ' });
  const figures = h('ul', { class: 'facts' });
  const past = section('department_census', 'Patients, the last 48 hours', 'census', params);
  const ahead = section('expected_discharges', 'Expected to leave, the next 24 hours', 'expected_discharges', params);
  const beds = section('beds', 'Beds', 'beds', params);
  const failed = h('p', { class: 'failed', role: 'alert', hidden: true });
  drawer.replaceChildren(h('header', {}, h('div', {}, title, under), iconButton('close', 'Close', () => drawer.close())), failed, figures, past.el, ahead.el, beds.el);
  parts = { params, under, figures, past, beds, aheadPart: ahead, failed, census: chart(past.body), ahead: chart(ahead.body) };
}

async function load() {
  clearTimeout(timer);
  timer = 0;
  asked = performance.now();
  abort?.abort();
  const mine = abort = new AbortController();
  try {
    const answer = await get('department', parts.params, mine.signal);
    if (!mine.signal.aborted) draw(answer);
  } catch (error) {
    if (mine.signal.aborted || !parts) return;
    if (!(error instanceof Problem)) throw error;
    parts.failed.hidden = false;
    text(parts.failed, `${error.message}. ${error.detail}`);
    if (error.status !== 404 && error.status !== 400) timer = setTimeout(load, 5000);
  }
}

function draw(answer) {
  const { figures } = answer;
  answer.beds.sort((a, b) => a.bed_id.localeCompare(b.bed_id, 'en', { numeric: true }));
  parts.failed.hidden = true;
  text(parts.under, `${answer.hospital} · as of ${f.clock(answer.as_of)}`);
  const facts = [['Free beds', figures.over_capacity ? `−${figures.over_capacity}` : f.int(figures.free_beds)], ['Patients', f.int(figures.census)], ['Staffed beds', f.int(figures.staffed_beds)],
    ['Closed', f.int(figures.closed_beds)], ['Waiting', f.int(figures.waiting)], ['Overdue', f.int(figures.overdue)]];
  if (parts.figures.children.length === 0) parts.figures.append(...facts.map(([name]) => h('li', {}, h('span', { class: 'label', text: name }), h('span', { class: 'count', text: '–' }))));
  facts.forEach(([, value], i) => text(parts.figures.children[i].lastChild, value));

  const steps = answer.census.map((row) => [Date.parse(row.at), row.census]);
  const beds = answer.capacity.map((row) => [Date.parse(row.at), row.staffed_beds]);
  const last = steps.at(-1)?.[1] ?? 0;
  const most = Math.max(...answer.census.map((row) => row.census), ...answer.capacity.map((row) => row.staffed_beds), 1);
  parts.census.draw((l, _, height) => {
    const [up, down] = apart(l, Math.max(last, figures.staffed_beds), Math.min(last, figures.staffed_beds), most, height);
    const [patients, staffed] = last > figures.staffed_beds ? [up, down] : [down, up];
    return ({
    grid: { left: 4, right: l.rem * 6.25, top: 12, bottom: 4, containLabel: true },
    xAxis: {
      type: 'time', min: steps[0]?.[0], max: steps.at(-1)?.[0], splitNumber: 4, axisTick: { show: false }, axisLine: { lineStyle: { color: l.line } },
      axisLabel: { color: l.soft, fontSize: l.small, lineHeight: l.small * 1.4, hideOverlap: true, formatter: (value) => `${f.short(value)}\n${f.date(value)}` },
    },
    yAxis: valueAxis(l),
    tooltip: tooltip(l, { formatter: (items) => [f.moment(items[0].axisValue), ...items.map((item) => `${item.seriesName} ${item.value[1]}`)].join('\n') }),
    series: [
      { name: 'Staffed beds', type: 'line', step: 'end', data: beds, showSymbol: false, lineStyle: { color: l.soft, width: 1.5, type: 'dashed' }, itemStyle: { color: l.soft }, endLabel: endLabel(l, 'Staffed beds', l.soft, staffed) },
      { name: 'Patients', type: 'line', step: 'end', data: steps, showSymbol: false, lineStyle: { color: l.accent, width: 2 }, itemStyle: { color: l.accent }, areaStyle: { color: l.accent, opacity: 0.08 }, endLabel: endLabel(l, `${last} patients`, l.accent, patients) }],
    });
  }, `Patients over the last 48 hours, now ${figures.census} with ${figures.staffed_beds} staffed beds`);
  const coming = answer.expected_discharges;
  const all = coming.reduce((sum, row) => sum + row.expected, 0);
  text(parts.aheadPart.said, all === 0 ? 'nobody' : f.plural(all, 'patient'));
  parts.ahead.draw((l) => ({
    xAxis: categoryAxis(l, coming.map((row) => row.hour_at), { axisLabel: { formatter: f.short, interval: 5 } }), yAxis: valueAxis(l, { splitNumber: 2 }),
    tooltip: tooltip(l, { axisPointer: { type: 'none' }, formatter: ([item]) => `from ${f.moment(item.name)}\n${f.plural(item.value, 'patient')}` }),
    series: [{ type: 'bar', data: coming.map((row) => row.expected), itemStyle: { color: l.accent }, barCategoryGap: '30%' }],
  }), `${f.plural(all, 'patient')} expected to leave within 24 hours`);
  parts.past.rows.replaceChildren(table([{ key: 'at', label: 'From', format: f.moment }, { key: 'census', label: 'Patients', number: true }], answer.census, 'Patients, the last 48 hours'));
  parts.aheadPart.rows.replaceChildren(table([{ key: 'hour_at', label: 'From', format: f.moment }, { key: 'expected', label: 'Patients', number: true }], coming, 'Expected to leave'));
  parts.beds.rows.replaceChildren(table([{ key: 'bed_id', label: 'Bed' }, { key: 'room', label: 'Room' }, { key: 'state', label: 'State', format: f.capital }], answer.beds, 'Beds'));

  if (parts.beds.body.childElementCount !== answer.beds.length) parts.beds.body.replaceChildren(...answer.beds.map(() => h('span', { class: 'bed' }, h('i', { 'aria-hidden': 'true' }), h('b'))));
  parts.beds.body.className = 'body ward';
  answer.beds.forEach((bed, i) => {
    const el = parts.beds.body.children[i];
    attribute(el, 'data-state', bed.state);
    text(el.firstChild, { occupied: '●', free: '○', conflict: '▲' }[bed.state]);
    text(el.lastChild, bed.bed_id);
    attribute(el, 'title', `${bed.bed_id}: ${bed.state}`);
  });
  const count = (state) => answer.beds.filter((bed) => bed.state === state).length;
  parts.beds.key ??= parts.beds.el.insertBefore(h('p', { class: 'legend' }), parts.beds.body.nextSibling);
  text(parts.beds.key, `● ${count('occupied')} occupied   ○ ${count('free')} free${count('conflict') ? `   ▲ ${count('conflict')} held by two` : ''}`);
}
