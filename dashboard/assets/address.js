// The address is the only place where the chosen view is kept: #/flow?hospital=2&period=7d
const places = ['now', 'flow', 'efficiency', 'quality', 'pipeline'];
const keys = ['hospital', 'department', 'gender', 'age_band', 'period', 'open', 'rows', 'sort'];
const listeners = new Set();

function parse() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const params = new URLSearchParams(query);
  const view = { place: places.includes(path) ? path : 'now' };
  for (const key of keys) if (params.get(key)) view[key] = params.get(key);
  return view;
}

let view = parse();

/** The chosen view: place, filters, what is open. */
export const current = () => view;

/** The address of the current view with some of it changed; null removes. */
export function link(patch = {}) {
  const next = { ...view, ...patch };
  const params = new URLSearchParams();
  for (const key of keys) if (next[key]) params.set(key, next[key]);
  const query = params.toString().replaceAll('%2F', '/').replaceAll('%3A', ':');
  return `#/${next.place}${query ? `?${query}` : ''}`;
}

/** Goes there. Filters add to the history; what is merely opened or sorted replaces. */
export function go(patch, { replace = false } = {}) {
  const target = link(patch);
  if (target === location.hash) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', target);
  changed();
}

export function onChange(listener) {
  listeners.add(listener);
}

function changed() {
  if (location.hash === '#main') { // the skip link
    history.replaceState(null, '', link());
    document.getElementById('main').focus();
    return;
  }
  const before = view;
  view = parse();
  for (const listener of listeners) listener(view, before);
}

addEventListener('popstate', changed);
addEventListener('hashchange', () => { if (link() !== location.hash) changed(); });
