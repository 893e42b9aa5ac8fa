// What the console asks of the agent: the same routes that `kepm` asks.

/** An answer that is none: what the agent says of it, and what to do. */
export class Refused extends Error {
  constructor(status, problem) {
    const faults = (problem.errors ?? []).map((fault) => `${fault.pointer ?? fault.parameter ?? ''} ${fault.detail}`);
    super([problem.detail ?? `the agent answered ${status}`, ...faults].join(' · '));
    this.status = status;
    this.code = problem.code ?? '';
  }
}

async function answered(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Refused(response.status, body);
  }
  return body;
}

export async function get(path) {
  return answered(await fetch(path, { cache: 'no-store', credentials: 'same-origin' }));
}

/** A whole list: the first page with the items of all. A list that changed meanwhile (422) is begun anew, a few times. */
export async function all(path, tries = 3) {
  const whole = await get(path);
  const seen = new Set();
  try {
    for (let { next } = whole; next;) {
      if (seen.has(next)) {
        throw new Refused(500, { detail: `the list ${path} goes in a circle` });
      }
      seen.add(next);
      const page = await get(`${path}?after=${encodeURIComponent(next)}`);
      whole.items.push(...page.items);
      next = page.next;
    }
  } catch (refused) {
    if (refused.status !== 422 || tries <= 1) {
      throw refused;
    }
    return all(path, tries - 1);
  }
  return whole;
}

export async function send(method, path, body = {}, headers = {}) {
  return answered(await fetch(path, {
    method,
    cache: 'no-store',
    credentials: 'same-origin',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  }));
}

/** Uses the one-time link up; from here on the cookie, which no script reads, tells who it is. */
export function signIn(code) {
  return send('POST', '/api/console/session', {}, { Authorization: `Kepm-Link ${code}` });
}
