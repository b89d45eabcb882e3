import { attribute, h } from './dom.js';

const width = 120;
const height = 32;

/** A small line from zero up with a mark at its end; `set(points, ceiling, label)` changes it in place. */
export function sparkline() {
  const area = h('svg:path', { class: 'area' });
  const line = h('svg:path', { class: 'line' });
  const top = h('svg:path', { class: 'ceiling' });
  const svg = h('svg', { class: 'spark', viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': 'No history yet' }, area, top, line);
  return {
    el: svg,
    set(points, ceiling, label) {
      attribute(svg, 'aria-label', label);
      const known = points.map((value, i) => [i, value]).filter(([, value]) => value !== null);
      if (known.length < 2) return;
      const most = Math.max(ceiling ?? 0, 1, ...known.map(([, value]) => value));
      const x = (i) => ((i / (points.length - 1)) * (width - 4) + 2).toFixed(1);
      const y = (value) => (height - 2 - (value / most) * (height - 5)).toFixed(1);
      const path = known.map(([i, value], n) => `${n ? 'L' : 'M'}${x(i)} ${y(value)}`).join('');
      attribute(line, 'd', path);
      attribute(area, 'd', `${path}L${x(known.at(-1)[0])} ${height}L${x(known[0][0])} ${height}Z`);
      attribute(top, 'd', ceiling ? `M0 ${y(ceiling)}H${width}` : '');
    },
  };
}

/** Bars from a middle line: what comes above, what goes below. With one series only, bars from the bottom. */
export function sparkbars(className = '') {
  const up = h('svg:path', { class: 'up' });
  const down = h('svg:path', { class: 'down' });
  const zero = h('svg:path', { class: 'zero' });
  const svg = h('svg', { class: `spark ${className}`, viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': 'No history yet' }, up, down, zero);
  return {
    el: svg,
    set(above, below, label, most = null) {
      attribute(svg, 'aria-label', label);
      const n = above.length;
      if (n === 0) return;
      const middle = below ? height / 2 : height - 1;
      const peak = most ?? Math.max(1, ...above, ...(below ?? [0]));
      const step = width / n;
      const gap = n > 60 ? 0 : Math.min(1.5, step * 0.25);
      const bar = (sign) => (value, i) => (value ? `M${(i * step + gap / 2).toFixed(1)} ${middle}v${(-sign * Math.max(0.8, (value / peak) * (middle - 1))).toFixed(1)}h${(step - gap).toFixed(1)}V${middle}Z` : '');
      attribute(up, 'd', above.map(bar(1)).join(''));
      attribute(down, 'd', below ? below.map(bar(-1)).join('') : '');
      attribute(zero, 'd', `M0 ${middle}H${width}`);
    },
  };
}
