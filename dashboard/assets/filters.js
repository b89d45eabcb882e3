import { get, Problem } from './api.js';
import { go } from './address.js';
import { h, text } from './dom.js';
import { capital, department, list } from './format.js';

const periods = [['24h', '24 hours'], ['7d', '7 days'], ['14d', '14 days'], ['30d', '30 days']];
const names = ['hospital', 'department', 'gender', 'age_band', 'period'];
const of = { // which filters mean something where
  now: ['hospital', 'department'], flow: ['hospital', 'department', 'gender', 'age_band', 'period'],
  efficiency: ['hospital', 'department', 'gender', 'age_band', 'period'], quality: ['hospital', 'period'], pipeline: [],
};

/** The row of filters; what is chosen lives in the address only. */
export function filterBar(form) {
  const field = (name, label, all) => {
    const select = h('select', { id: `filter-${name}`, name, on: { change: () => go({ [name]: select.value || null }) } }, h('option', { value: '', text: all }));
    return { name, select, el: h('div', { class: 'field', 'data-filter': name }, h('label', { class: 'visually-hidden', for: `filter-${name}`, text: label }), select) };
  };
  const selects = [field('hospital', 'Hospital', 'All hospitals'), field('department', 'Department', 'All departments'),
    field('gender', 'Gender', 'All genders'), field('age_band', 'Age', 'All ages')];
  const radios = periods.map(([value, label]) => {
    const input = h('input', { type: 'radio', name: 'period', value, id: `period-${value}`, on: { change: () => go({ period: value === '7d' ? null : value }) } });
    return { value, input, el: h('span', {}, input, h('label', { for: `period-${value}`, text: label })) };
  });
  const period = h('fieldset', { class: 'field period', 'data-filter': 'period' }, h('legend', { class: 'visually-hidden', text: 'Period' }), h('div', { class: 'segments' }, radios.map((radio) => radio.el)));
  const clear = h('button', { type: 'button', class: 'plain clear', text: 'Clear filters', on: { click: () => go(Object.fromEntries(names.map((name) => [name, null]))) } });
  const aside = h('p', { class: 'aside' });
  form.replaceChildren(...selects.map((one) => one.el), period, clear, aside);
  form.addEventListener('submit', (event) => event.preventDefault());

  function options(name, list) {
    const { select } = selects.find((one) => one.name === name);
    const chosen = select.value;
    select.replaceChildren(select.firstElementChild, ...list.map(([value, label]) => h('option', { value, text: label })));
    pick(select, chosen);
  }
  function pick(select, value) {
    // An address may name what the server has not listed yet; the tiles then say whether it exists.
    if (value && ![...select.options].some((option) => option.value === value)) select.append(h('option', { value, text: value }));
    select.value = value;
  }

  const self = {
    show(view) {
      const shown = of[view.place];
      form.classList.toggle('none', shown.length === 0);
      form.dataset.count = shown.length;
      for (const { name, select, el } of selects) {
        el.hidden = !shown.includes(name);
        pick(select, view[name] ?? '');
      }
      period.hidden = !shown.includes('period');
      for (const radio of radios) radio.input.checked = radio.value === (view.period ?? '7d');
      clear.classList.toggle('unused', !names.some((name) => view[name]));
      // What the address keeps for the other places is said, so that nobody takes these figures for narrower than they are.
      const kept = ['department', 'gender', 'age_band'].filter((name) => view[name] && !shown.includes(name)).map((name) => name.replace('age_band', 'age'));
      text(aside, kept.length ? `${capital(list(kept))} ${kept.length > 1 ? 'do' : 'does'} not narrow this place` : '');
    },
    async load() {
      try {
        const answer = await get('dimensions');
        options('hospital', answer.hospitals.map((one) => [String(one.hospital_id), one.name]));
        options('department', answer.departments.map((name) => [name, department(name)]));
        options('gender', answer.genders.map((name) => [name, capital(name)]));
        options('age_band', answer.age_bands.map((name) => [name, capital(name.replace('-', '–'))]));
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        setTimeout(self.load, 5000);
      }
    },
  };
  self.load();
  return self;
}
