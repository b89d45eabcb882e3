import { definition, Problem } from './api.js';
import { current, go } from './address.js';
import { h, iconButton, text } from './dom.js';
import * as f from './format.js';

const tiles = new Map();
let serial = 0;

/**
 * A tile: title, body, freshness, an info button and the way to the rows behind.
 * `rows`: { csv: address of the same rows, columns: [{ key, label, number, format }], get: () => list of rows }
 */
export function tile({ metric, title, className = '', rows = null, unit = null }) {
  const id = `tile-${serial += 1}`;
  const heading = h('h2', { id }, title, unit ? h('span', { class: 'unit', text: ` ${unit}` }) : null);
  const body = h('div', { class: 'body' }, h('div', { class: 'skeleton', 'aria-hidden': 'true' }));
  const note = h('span', { class: 'note' });
  const fresh = h('span', { class: 'fresh' });
  const info = iconButton('info', `What is meant by “${title}”?`, () => explain(metric, info));
  const behind = rows ? iconButton('rows', `Rows behind “${title}”`, () => go({ rows: metric }, { replace: true })) : null;
  const el = h('section', { class: `tile ${className}`, 'aria-labelledby': id, 'aria-busy': 'true', 'data-metric': metric },
    h('header', {}, heading, h('div', { class: 'tools' }, info, behind)), body, h('footer', {}, note, fresh));
  const self = {
    el, body, note, metric, title, rows,
    /** Puts the content in, once. */
    fill(...content) {
      body.replaceChildren(...content);
      el.setAttribute('aria-busy', 'false');
      el.removeAttribute('data-problem');
      return self;
    },
    get isEmpty() { return el.getAttribute('aria-busy') === 'true' || el.hasAttribute('data-problem'); },
    fresh(asOf) {
      text(fresh, asOf ? `as of ${f.clock(asOf)}` : '');
      if (el.dataset.old) delete el.dataset.old;
    },
    /** What went wrong goes where the figure would be; a figure that is already there stays and is greyed. */
    fail(problem, retry) {
      if (!self.isEmpty) {
        el.dataset.old = 'true';
        text(note, `${problem.message}; trying again`);
        return;
      }
      // A wrong filter is the reader's to mend, not a caller's: what the API would advise is left out.
      const wrong = problem.status === 400;
      body.replaceChildren(h('div', { class: 'failed' }, h('strong', { text: wrong ? 'The filter names something unknown' : problem.message }),
        h('p', { text: wrong ? problem.detail.split(' GET ')[0] : problem.detail ?? '' }),
        wrong ? h('button', { type: 'button', class: 'plain', text: 'Clear the filters', on: { click: () => go({ hospital: null, department: null, gender: null, age_band: null, period: null }) } })
          : h('button', { type: 'button', class: 'plain', text: 'Try again', on: { click: retry } })));
      el.dataset.problem = 'true';
      el.setAttribute('aria-busy', 'false');
    },
    remove() { if (tiles.get(metric) === self) tiles.delete(metric); },
  };
  tiles.set(metric, self);
  return self;
}

// Info: one popover for the page, placed beside the button that asks.
const card = h('div', { id: 'explanation', popover: 'auto', role: 'dialog', tabindex: '-1', 'aria-labelledby': 'explanation-title' });
document.body.append(card);
let asker = null;
card.addEventListener('toggle', (event) => {
  asker?.setAttribute('aria-expanded', event.newState === 'open');
  if (event.newState === 'closed' && card.contains(document.activeElement)) asker?.focus();
});

async function explain(metric, button) {
  asker = button;
  let row;
  try {
    row = await definition(metric);
  } catch (error) {
    row = { title: error.message, definition: error.detail };
  }
  row ??= { title: 'No definition yet', definition: `The server has none for “${metric}”.` };
  card.replaceChildren(h('h3', { id: 'explanation-title', text: row.title }), h('p', { text: row.definition }),
    row.period ? h('dl', {}, h('dt', { text: 'Period' }), h('dd', { text: row.period }), h('dt', { text: 'Source' }), h('dd', {}, h('code', { text: row.source }))) : '');
  // A popover belongs to the top layer; over an open dialog it has to live inside that.
  (button.closest('dialog') ?? document.body).append(card);
  card.showPopover();
  const place = button.getBoundingClientRect();
  const box = card.getBoundingClientRect();
  card.style.left = `${Math.max(8, Math.min(place.right - box.width, innerWidth - box.width - 8))}px`;
  card.style.top = `${place.bottom + 6 + box.height < innerHeight ? place.bottom + 6 : Math.max(8, place.top - box.height - 6)}px`;
  card.focus();
}

// Rows: one dialog for the page, named in the address.
const dialog = h('dialog', { id: 'rows', class: 'sheet', 'aria-labelledby': 'rows-title' });
document.body.append(dialog);
dialog.addEventListener('close', () => { if (current().rows) go({ rows: null }, { replace: true }); });
dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });

/** Opens or closes the rows the address names. */
export function showRows() {
  const wanted = tiles.get(current().rows);
  if (!wanted?.rows) {
    if (dialog.open) dialog.close();
    return;
  }
  if (dialog.open && dialog.dataset.metric === wanted.metric) return;
  dialog.dataset.metric = wanted.metric;
  const title = `Rows behind “${wanted.title}”`;
  dialog.replaceChildren(
    h('header', {}, h('h2', { id: 'rows-title', text: title }),
      h('a', { class: 'plain', href: wanted.rows.csv(), download: true, text: 'Download CSV' }), iconButton('close', 'Close', () => dialog.close())),
    h('div', { class: 'scroller', tabindex: '0', role: 'region', 'aria-label': title }, table(wanted.rows.columns, wanted.rows.get(), title)));
  if (!dialog.open) dialog.showModal();
}

/** Called when a tile's figures came, in case its rows are what the address wants. */
export function rowsArrived(metric) {
  if (current().rows === metric && !dialog.open) showRows();
}

/** A table; long ones say how many rows were left to the CSV. */
export function table(columns, rows, caption, most = 500) {
  const head = h('tr', {}, columns.map((column) => h('th', { scope: 'col', class: column.number ? 'number' : '', text: column.label })));
  const lines = rows.slice(0, most).map((row) => h('tr', {}, columns.map((column, i) => h(i === 0 ? 'th' : 'td', {
    scope: i === 0 ? 'row' : null, class: column.number ? 'number' : '', text: column.format ? column.format(row[column.key], row) : (row[column.key] ?? '–'),
  }))));
  if (rows.length === 0) lines.push(h('tr', {}, h('td', { colspan: columns.length, class: 'none', text: 'No rows' })));
  if (rows.length > most) lines.push(h('tr', {}, h('td', { colspan: columns.length, class: 'none', text: `${f.int(rows.length - most)} more rows are in the CSV` })));
  return h('table', {}, h('caption', { class: 'visually-hidden', text: caption }), h('thead', {}, head), h('tbody', {}, lines));
}

export { Problem };
