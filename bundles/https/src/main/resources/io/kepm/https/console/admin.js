// What administrators see besides: health, plugins, jobs, policies, the audit.
import { all, get, send } from './api.js';
import { button, code, el, empty, mark, say, section, table, when } from './parts.js';

const tone = (word) => ({ healthy: 'good', degraded: 'warn', unhealthy: 'bad', Healthy: 'good', Failed: 'bad',
  Unhealthy: 'bad', Succeeded: 'good', enforce: 'good', monitor: 'warn' }[word] ?? 'soft');

async function health() {
  const { status, checks } = await get('/api/health');
  return [section('Health', el('p', {}, mark(status, tone(status))),
    table(['Check', 'State', 'Detail', 'What to do', 'Since'], checks.map((check) => [
      check.name, mark(check.state, tone(check.state)), check.detail, check.advice, when(check.since)])))];
}

async function plugins(again) {
  const { items } = await all('/api/plugins');
  const restart = (id) => async () => {
    await send('POST', `/api/plugins/${encodeURIComponent(id)}/restart`);
    say(`${id} was restarted.`, 'good');
    again();
  };
  return [section('Plugins', table(['Plugin', 'Version', 'State', 'Restarts', 'What it says', ''], items.map((one) => [
    one.name || one.id, one.version, mark(one.status, tone(one.status)), String(one.restarts), one.detail || one.lastError,
    button('Restart', restart(one.id))])))];
}

async function jobs(again) {
  const { items } = await all('/api/jobs');
  const run = (id) => async () => {
    await send('POST', `/api/jobs/${encodeURIComponent(id)}/run`);
    say(`${id} was asked to run.`, 'good');
    again();
  };
  return [section('Jobs', items.length === 0 ? empty('There are no jobs.')
    : table(['Job', 'Enabled', 'Next', 'Last run', 'Ended', ''], items.map((job) => [
      el('div', {}, el('div', {}, job.name || job.id), el('div', { className: 'soft' }, job.description ?? '')),
      job.enabled ? 'yes' : 'no', when(job.next), job.last ? mark(job.last.state, tone(job.last.state)) : '',
      when(job.last?.ended), job.enabled ? button('Run now', run(job.id)) : ''])))];
}

async function policies() {
  const set = await get('/api/policies');
  return [section(`Policies, revision ${set.revision}`,
    set.failure.length ? el('p', { className: 'bad' }, `The folder was refused: ${set.failure.join(' · ')}`) : null,
    set.next ? el('p', { className: 'soft' }, `The first ${set.items.length} of ${set.count}.`) : null,
    set.items.length === 0 ? empty('No policy is loaded.')
      : table(['Policy', 'Type', 'Status', 'Controls', 'Version', 'File'], set.items.map((one) => [
        one.name || one.id, one.type, mark(one.status, tone(one.status)), one.controls.join(', '),
        String(one.version), one.file ? code(one.file) : ''])))];
}

let filter = '';
let after = 0;

async function audit(again) {
  const query = new URLSearchParams({ limit: '50', ...(filter ? { filter } : {}), ...(after ? { after } : {}) });
  const { items, next } = await get(`/api/audit?${query}`);
  const line = el('input', { value: filter, 'aria-label': 'Filter',
    placeholder: "audit_event_type = POLICY_EVALUATION AND event_time >= last_7_days" });
  const form = el('form', { className: 'row', onsubmit: (event) => {
    event.preventDefault();
    filter = line.value.trim();
    after = 0;
    again();
  } }, line, el('button', {}, 'Find'));
  // The agent looks for two seconds or so: there may be more though nothing was found yet.
  const older = next ? button('Older ones', () => { after = next; again(); }) : null;
  const none = next ? `None is like that from number ${next} on.` : 'No record is like that.';
  return [section('Audit', form, items.length === 0 ? empty(none)
    : table(['When', 'What', 'Outcome', 'Who', 'Reason', 'Number'], items.map((record) => [
      when(record.event_time), record.audit_event_type, record.outcome,
      record.user_info?.name ?? record.admin_info?.name ?? '', record.reason ?? '', String(record.seq)])), older)];
}

export const ADMIN_VIEWS = [
  { id: 'health', name: 'Health', make: health },
  { id: 'plugins', name: 'Plugins', make: plugins },
  { id: 'jobs', name: 'Jobs', make: jobs },
  { id: 'policies', name: 'Policies', make: policies },
  { id: 'audit', name: 'Audit', make: audit, still: true },
];
