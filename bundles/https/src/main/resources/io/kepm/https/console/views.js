// What every user sees: rights that run, requests, what may be asked for.
import { all, get, send } from './api.js';
import { ask, button, code, countdown, el, empty, mark, say, section, table, when } from './parts.js';

const TONES = { Approved: 'good', Pending: 'warn', Escalated: 'warn', Denied: 'bad', Revoked: 'bad' };
const command = (one) => code(one.argv?.length ? [one.path, ...one.argv.slice(1)].join(' ') : one.path);

async function grants(again) {
  const { items } = await all('/api/grants');
  const end = (grant) => async () => {
    await send('DELETE', `/api/grants/${encodeURIComponent(grant.id)}`);
    say('The right ended, with all that ran by it.');
    again();
  };
  return section('Rights in use', items.length === 0 ? empty('Nothing runs with other rights now.')
    : table(['Command', 'User', 'As', 'Time left', 'Why', ''], items.map((grant) => [
      command(grant), grant.user, grant.runAs, countdown(grant.to), grant.why, button('End it', end(grant))])));
}

/** What proves who decides; root proves it by being root. */
async function proof(request) {
  if (!request.needsCode) {
    return [];
  }
  const { proof: kind } = await get(`/api/requests/${encodeURIComponent(request.id)}`);
  const label = kind === 'password' ? 'Your password' : 'A fresh code of your app';
  return kind === 'none' ? [] : [{ name: 'code', label, secret: true, required: true }];
}

function decide(request, word, title, again) {
  return async () => {
    const what = `${request.user}: ${[request.path, ...request.argv.slice(1)].join(' ')}  as ${request.runAs}`;
    const given = await ask(title, what,
      [...await proof(request), { name: 'comment', label: 'Comment, for the record', long: true }], title);
    if (given !== null) {
      const body = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
      await send('POST', `/api/requests/${encodeURIComponent(request.id)}/${word}`, body);
      say(`Done: ${title.toLowerCase()}.`, 'good');
      again();
    }
  };
}

async function requests(again) {
  const { items } = await all('/api/requests');
  const open = (request) => ['Pending', 'Escalated'].includes(request.state);
  const acts = (request) => request.own
    ? (open(request) || request.state === 'Approved' ? [button('Withdraw', async () => {
      await send('DELETE', `/api/requests/${encodeURIComponent(request.id)}`);
      again();
    })] : [])
    : open(request) ? [button('Deny', decide(request, 'deny', 'Deny', again)),
      button('Approve', decide(request, 'approve', 'Approve', again), 'main')] : [];
  const rows = (of) => table(['Command', 'User', 'As', 'State', 'Reason', 'Needs', 'Made', ''], of.map((request) => [
    command(request), request.user, request.runAs, mark(request.state, TONES[request.state] ?? 'soft'),
    request.reason, request.needs.join(', '), when(request.created), acts(request)]));
  const others = items.filter((request) => !request.own);
  const own = items.filter((request) => request.own);
  return [
    section('For you to decide', others.length ? rows(others) : empty('Nobody waits for you.')),
    section('Your requests', own.length ? rows(own) : empty('You have asked for nothing yet.'))];
}

/** Asks ahead; what policy wants to know besides is asked for when it says so. */
async function askAhead(line, given = {}) {
  const body = { argv: line.trim().split(/\s+/), ...given };
  try {
    const answer = await send('POST', '/api/requests', body);
    say(answer.needed === false ? 'Nobody has to approve it: run it with sudo or kepm run.'
      : `The request is ${answer.state}.`, 'good');
  } catch (refused) {
    const fields = {
      'control:mfa': { name: 'code', label: 'A fresh code of your app, or your password', secret: true, required: true },
      'control:justify': { name: 'reason', label: 'Why do you need it?', long: true, required: true },
      'control:operatorapproval': { name: 'confirm', label: 'Type yes: it is meant', required: true },
    };
    const field = fields[refused.code];
    if (!field || field.name in given) {
      throw refused;
    }
    // A code counts once: what else is asked for has to come with it.
    const answer = await ask('Before it is asked for', line, given.reason || field.name === 'reason' ? [field]
      : [field, { name: 'reason', label: 'Why do you need it?', long: true }], 'Ask');
    if (answer !== null) {
      const more = Object.fromEntries(Object.entries(answer).filter(([, value]) => value !== ''));
      if ('confirm' in more) {
        more.confirm = more.confirm.trim().toLowerCase() === 'yes';
      }
      await askAhead(line, { ...given, ...more });
    }
  }
}

async function entitlements(again) {
  const { items, governed } = await all('/api/entitlements');
  const line = el('input', { 'aria-label': 'Command', placeholder: '/usr/bin/systemctl restart nginx', required: true });
  const form = el('form', {
    className: 'row',
    onsubmit: async (event) => {
      event.preventDefault();
      try {
        await askAhead(line.value);
        again();
      } catch (refused) {
        say(refused.message, 'bad');
      }
    },
  }, line, el('button', { className: 'main' }, 'Ask for approval'));
  return section('What you may run', form,
    el('p', { className: 'soft' }, governed ? 'Policy decides every command of yours.' : 'Beside policy, sudo itself may let you.'),
    items.length ? table(['Commands', 'As', 'Needs', 'Policy'], items.map((one) => [
      one.commands.map((text) => el('div', {}, code(text))), one.runAs.join(', '),
      one.controls.join(', '), one.policyName])) : empty('No policy lets you run anything.'));
}

export const VIEWS = [
  { id: 'rights', name: 'Rights', make: async (again) => [await grants(again)] },
  { id: 'requests', name: 'Requests', make: async (again) => requests(again) },
  { id: 'entitled', name: 'Commands', make: async (again) => [await entitlements(again)], still: true },
];
