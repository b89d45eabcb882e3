/** Creates an element. `props`: class, text, on (events), hidden, everything else is an attribute; children may be nested lists. */
export function h(tag, props = {}, ...children) {
  const el = tag === 'svg' || tag.startsWith('svg:') ? document.createElementNS('http://www.w3.org/2000/svg', tag.replace('svg:', '')) : document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'text') el.textContent = value;
    else if (name === 'on') for (const [event, listener] of Object.entries(value)) el.addEventListener(event, listener);
    else el.setAttribute(name, value === true ? '' : value);
  }
  el.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return el;
}

/** Changes a text only if it differs, so that an update costs nothing where nothing happened. */
export function text(el, value) {
  const next = String(value);
  const node = el.firstChild;
  if (node && node.nodeType === 3 && !node.nextSibling) {
    if (node.data === next) return;
    // Centred or right-aligned, a text of another length begins elsewhere: a new text is no text that moved.
    if (node.data.length === next.length) node.data = next;
    else node.replaceWith(next);
  } else {
    el.textContent = next;
  }
}

/** A figure with a unit behind it keeps the room of its longest value, so that the unit stays where it is. */
export function reserve(el, value, least) {
  text(el, value);
  const digits = Math.max(least, value.length);
  if (digits > Number(el.dataset.digits ?? 0)) {
    el.dataset.digits = digits;
    el.style.minWidth = `${digits}ch`;
  }
}

/** Sets or, for null, removes an attribute only if it differs. */
export function attribute(el, name, value) {
  if (value === null) el.removeAttribute(name);
  else if (el.getAttribute(name) !== String(value)) el.setAttribute(name, value);
}

const paths = {
  info: 'M8 7.2v4M8 4.6v.1',
  rows: 'M4 5.5h8M4 8h8M4 10.5h8',
  close: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
};

/** A round button that only shows a sign; its name is for those who do not see it. */
export function iconButton(icon, label, listener) {
  const sign = h('svg', { viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': 'true' },
    icon === 'info' ? h('svg:circle', { cx: 8, cy: 8, r: 6.5 }) : null, h('svg:path', { d: paths[icon] }));
  return h('button', { type: 'button', class: 'icon', 'aria-label': label, title: label, on: { click: listener } }, sign);
}

/** What the reader prefers to keep between visits; forgetting is no error. */
export const memory = {
  get(key) {
    try { return localStorage.getItem(`patientflow.${key}`); } catch { return null; }
  },
  set(key, value) {
    try { localStorage.setItem(`patientflow.${key}`, value); } catch { /* storage may be forbidden */ }
  },
};
