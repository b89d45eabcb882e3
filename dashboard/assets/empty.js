import { h, text } from './dom.js';

/** What a page without events shows: how to send the first one. */
export function firstEvent() {
  const now = new Date();
  now.setUTCSeconds(0, 0);
  const record = {
    hospital_id: 1, patient_id: '4711', gender: 'Female', age: 42, department: 'Cardiology', bed_id: '12',
    admission_time: now.toISOString().replace('.000', ''), discharge_time: null,
  };
  const command = `curl -X POST ${location.origin}/patient-flow/messages \\\n  -H 'Content-Type: application/json' \\\n  -d '${JSON.stringify(record).replace(',"department"', ',\n       "department"').replace(',"admission_time"', ',\n       "admission_time"')}'`;
  const copy = h('button', {
    type: 'button', class: 'plain', text: 'Copy', on: {
      async click() {
        try {
          await navigator.clipboard.writeText(command);
          text(copy, 'Copied');
        } catch {
          getSelection().selectAllChildren(code);
          text(copy, 'Selected: copy it');
        }
      },
    },
  });
  const code = h('code', { text: command });
  return {
    el: h('section', { class: 'panel', id: 'first-event', 'aria-labelledby': 'first-event-title' },
      h('h2', { id: 'first-event-title', text: 'Waiting for the first event' }),
      h('p', { text: 'Nothing has been sent yet. Send one patient’s stay, and this page fills by itself within a second:' }),
      h('div', { class: 'command' }, h('pre', { tabindex: '0', 'aria-label': 'Command that sends an event' }, code), copy),
      h('p', {}, 'Or look at simulated hospitals first, in a data folder of their own: ', h('code', { text: './run --data-dir simulated' }), '.')),
  };
}
