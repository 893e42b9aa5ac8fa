// Signs in, shows one section at a time, and looks again every five seconds while somebody looks.
import { get, send, signIn } from './api.js';
import { ADMIN_VIEWS } from './admin.js';
import { button, code, countdown, el, say } from './parts.js';
import { VIEWS } from './views.js';

const LOOK_MILLIS = 5000;
const main = document.getElementById('main');
const sections = document.getElementById('sections');
const who = document.getElementById('who');
let views = [];
let signedIn = false;
let shown = 0;

function signedOut(text) {
  signedIn = false;
  sections.replaceChildren();
  who.replaceChildren();
  main.replaceChildren(el('section', {}, el('h2', {}, 'Sign in'), el('p', {}, text),
    el('p', {}, 'Run ', code('kepm console'), ' in a terminal on this machine and open the link that it prints: it is good for one minute, once.')));
}

function current() {
  return views.find((view) => `#/${view.id}` === location.hash) ?? views[0];
}

/** Shows the section of now; what comes back too late is not shown any more. */
async function show() {
  const view = current();
  const turn = ++shown;
  for (const link of sections.children) {
    if (link.hash === `#/${view.id}`) {
      link.setAttribute('aria-current', 'page');
    } else {
      link.removeAttribute('aria-current');
    }
  }
  try {
    const parts = await view.make(show);
    if (turn === shown) {
      main.replaceChildren(...parts);
    }
  } catch (refused) {
    failed(refused);
  }
}

function failed(error) {
  if (error.status === 401) {
    signedOut('The session is over.');
  } else {
    say(error.message || String(error), 'bad');
  }
}

async function leave() {
  await send('DELETE', '/api/console/session');
  signedOut('You are signed out.');
}

function begin(session) {
  signedIn = true;
  views = session.admin ? [...VIEWS, ...ADMIN_VIEWS] : VIEWS;
  sections.replaceChildren(...views.map((view) => el('a', { href: `#/${view.id}` }, view.name)));
  who.replaceChildren(`${session.user}${session.admin ? ' (administrator)' : ''} · `, countdown(session.until), ' ',
    button('Sign out', leave));
  show();
}

/** Nothing is replaced under somebody's hands: a dialog, or a field that is typed in. */
function isQuiet() {
  return document.visibilityState === 'visible' && !document.querySelector('dialog[open]')
    && (document.activeElement === main || !main.contains(document.activeElement));
}

addEventListener('hashchange', () => {
  if (signedIn) {
    say('');
    main.focus();
    show();
  }
});
addEventListener('unhandledrejection', (event) => failed(event.reason));
setInterval(() => {
  if (signedIn && isQuiet() && !current().still) {
    show();
  }
}, LOOK_MILLIS);

const link = location.hash.length > 40 && !location.hash.includes('/') ? location.hash.slice(1) : '';
try {
  if (link) {
    history.replaceState(null, '', '/console/');
    begin(await signIn(link));
  } else {
    begin(await get('/api/console/session'));
  }
} catch (refused) {
  signedOut(link ? 'That link is used, past its time, or was made for another user.' : 'You are not signed in.');
}
