// ECharts is loaded when the first chart is wanted; everything a chart says is also in the rows behind its tile.
import { attribute, h } from './dom.js';

let loading = null;
function library() {
  loading ??= new Promise((resolve, reject) => {
    const script = h('script', { src: '/vendor/echarts.min.js' });
    script.addEventListener('load', () => resolve(globalThis.echarts));
    script.addEventListener('error', () => { loading = null; script.remove(); reject(new Error('ECharts did not load')); });
    document.head.append(script);
  });
  return loading;
}

const live = new Set();

/** The colours and sizes of the style sheet, so that a canvas looks like the page around it. */
export function look() {
  const style = getComputedStyle(document.documentElement);
  const value = (name) => style.getPropertyValue(`--${name}`).trim();
  const rem = parseFloat(style.fontSize);
  return {
    ink: value('ink'), soft: value('soft'), line: value('line'), ground: value('tile'), accent: value('accent'), second: value('second'), warn: value('warn'),
    bad: value('bad'), good: value('good'), steps: [0, 1, 2, 3].map((i) => value(`step-${i}`)), font: style.getPropertyValue('font-family') || 'sans-serif', small: rem * 0.8125, rem,
  };
}

/** Redraws every chart, after the theme changed. */
export function redraw() {
  for (const chart of live) chart.paint();
}

/** A chart in `el`. `option(look, width)` is asked whenever it has to be drawn; `label` is what a screen reader hears. */
export function chart(el) {
  const canvas = h('div', { class: 'canvas', role: 'img', 'aria-label': 'Chart' });
  el.append(canvas);
  let instance = null;
  let make = null;
  let closed = false;
  const self = {
    el: canvas,
    async draw(option, label) {
      make = option;
      attribute(canvas, 'aria-label', label);
      if (!instance) {
        let echarts;
        try {
          echarts = await library();
        } catch {
          canvas.textContent = 'The chart could not be loaded. The rows behind it are complete.';
          return;
        }
        if (closed) return;
        instance ??= echarts.init(canvas, null, { renderer: 'canvas' });
      }
      self.paint();
    },
    paint() {
      if (!instance || !make || canvas.clientWidth === 0) return;
      const l = look();
      instance.setOption({ ...frame(l), ...make(l, canvas.clientWidth, canvas.clientHeight) }, { notMerge: true });
    },
    on(event, listener) { instance?.on(event, listener); },
    close() {
      closed = true;
      watcher.disconnect();
      live.delete(self);
      instance?.dispose();
      instance = null;
    },
  };
  let width = 0;
  const watcher = new ResizeObserver(([entry]) => {
    if (Math.abs(entry.contentRect.width - width) < 1) return;
    width = entry.contentRect.width;
    instance?.resize();
    self.paint();
  });
  watcher.observe(canvas);
  live.add(self);
  return self;
}

function frame(l) {
  return {
    animation: false,
    textStyle: { fontFamily: l.font, fontSize: l.small, color: l.soft },
    grid: { left: 4, right: 12, top: 12, bottom: 4, containLabel: true },
    tooltip: tooltip(l),
  };
}

export function tooltip(l, more = {}) {
  return {
    trigger: 'axis', renderMode: 'richText', confine: true, transitionDuration: 0, backgroundColor: l.ground, borderColor: l.line, borderWidth: 1, padding: [8, 12], shadowBlur: 0,
    extraCssText: '', textStyle: { color: l.ink, fontSize: l.small, fontFamily: l.font, lineHeight: l.small * 1.5 },
    axisPointer: { type: 'line', lineStyle: { color: l.soft, type: 'solid', width: 1 }, label: { show: false } }, ...more,
  };
}

export function valueAxis(l, more = {}) {
  return {
    type: 'value', min: 0, minInterval: 1, splitNumber: 4, axisLine: { show: false }, axisTick: { show: false },
    axisLabel: { color: l.soft, fontSize: l.small, fontFamily: l.font, hideOverlap: true, ...more.axisLabel }, splitLine: { lineStyle: { color: l.line, width: 1 } }, ...drop(more, 'axisLabel'),
  };
}

export function categoryAxis(l, data, more = {}) {
  return {
    type: 'category', data, axisTick: { show: false }, axisLine: { lineStyle: { color: l.line } },
    axisLabel: { color: l.soft, fontSize: l.small, fontFamily: l.font, hideOverlap: true, ...more.axisLabel }, ...drop(more, 'axisLabel'),
  };
}

/** The name of a line stands at its end, not in a legend. `shift` moves it down, or up if negative. */
export function endLabel(l, words, color, shift = 0) {
  return { show: true, formatter: words, color, fontSize: l.small, fontFamily: l.font, distance: 6, offset: [0, shift] };
}

/** How far the names of two lines that end close to each other have to move apart, as [of the upper, of the lower]. */
export function apart(l, upper, lower, most, height) {
  const pixels = ((upper - lower) / Math.max(1, most)) * Math.max(0, height - l.rem * 2.5);
  const missing = Math.max(0, l.small * 1.35 - pixels) / 2;
  // At the foot of the chart only the upper one has room to move.
  return lower / Math.max(1, most) < 0.1 ? [-missing * 2, 0] : [-missing, missing];
}

function drop(object, key) {
  const { [key]: _, ...rest } = object;
  return rest;
}
