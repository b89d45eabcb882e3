/** What the server, or the lack of one, has to say; always with something to do about it. */
export class Problem extends Error {
  constructor(title, detail, status = 0) {
    super(title);
    this.detail = detail;
    this.status = status;
  }
}

/** The address of an endpoint; `csv` names the list to give as rows. */
export function url(path, params = {}, csv = null) {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) if (value !== undefined && value !== null && value !== '') query.set(key, value);
  if (csv) {
    query.set('format', 'csv');
    if (csv !== true) query.set('table', csv);
  }
  const text = query.toString();
  return `/api/v1/${path}${text ? `?${text}` : ''}`;
}

export async function get(path, params = {}, signal = undefined) {
  let response;
  try {
    response = await fetch(url(path, params), { headers: { Accept: 'application/json' }, signal });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem('The server does not answer', 'Check that it runs and that this machine reaches it. The page tries again by itself.');
  }
  if (!response.ok) {
    let problem = {};
    try {
      problem = await response.json();
    } catch {
      // An answer without a problem document still has its status.
    }
    throw new Problem(problem.title ?? `The server answered ${response.status}`, problem.detail ?? 'See the log of the server.', response.status);
  }
  return response.json();
}

let definitions = null;
/** Definitions by metric, asked for once. */
export function definition(metric) {
  definitions ??= get('definitions')
    .then((answer) => new Map(answer.definitions.map((row) => [row.metric, row])))
    .catch((error) => { definitions = null; throw error; });
  return definitions.then((all) => all.get(metric));
}
