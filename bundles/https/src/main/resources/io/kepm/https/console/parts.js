// Parts of pages. INVARIANT: what the agent says becomes text, never markup.

export function el(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith('on')) {
      element.addEventListener(key.slice(2), value);
    } else if (key in element) {
      element[key] = value;
    } else {
      element.setAttribute(key, value);
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export const code = (text) => el('code', {}, text);

/** A state in a word and a colour; the word says it all. */
export const mark = (word, tone) => el('span', { className: `mark ${tone}` }, word);

export function section(title, ...children) {
  return el('section', {}, el('h2', {}, title), ...children);
}

export const empty = (text) => el('p', { className: 'empty' }, text);

/** Rows are lists of texts or elements; a last column without a name holds buttons. */
export function table(names, rows) {
  const head = el('tr', {}, ...names.map((name) => el('th', { scope: 'col' }, name)));
  const body = rows.map((cells) => el('tr', {}, ...cells.map((cell, i) =>
    el('td', { className: names[i] === '' ? 'acts' : '' }, ...[cell].flat()))));
  return el('div', { className: 'scroll', tabIndex: 0 },
    el('table', {}, el('thead', {}, head), el('tbody', {}, ...body)));
}

export function button(text, act, className = '') {
  return el('button', { type: 'button', className, onclick: act }, text);
}

export function when(iso) {
  return iso ? el('time', { dateTime: iso }, new Date(iso).toLocaleString([], { dateStyle: 'short', timeStyle: 'short' })) : '';
}

function left(iso) {
  const seconds = Math.max(0, Math.round((new Date(iso) - Date.now()) / 1000));
  const two = (number) => String(number).padStart(2, '0');
  return seconds === 0 ? 'over'
    : `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** Counts down by itself; a screen reader is not told each second. */
export function countdown(iso) {
  return el('span', { className: 'left', 'data-to': iso, title: new Date(iso).toLocaleString() }, left(iso));
}

setInterval(() => {
  for (const one of document.querySelectorAll('[data-to]')) {
    one.textContent = left(one.dataset.to);
  }
}, 1000);

export function say(text, tone = '') {
  const line = document.getElementById('said');
  line.className = tone;
  line.textContent = text;
}

/** Asks in a dialog; what was typed by name, or null. */
export function ask(title, what, fields, go) {
  const dialog = document.getElementById('asked');
  return new Promise((resolve) => {
    const inputs = fields.map((field) => el('label', {}, field.label,
      el(field.long ? 'textarea' : 'input',
        { name: field.name, required: field.required ?? false, autocomplete: 'off', ...(field.secret ? { type: 'password' } : {}) })));
    const form = el('form', {
      onsubmit: (event) => {
        event.preventDefault();
        dialog.close('yes');
      },
    }, el('h2', { id: 'asked-title' }, title), el('p', {}, code(what)), ...inputs,
    el('p', { className: 'acts' }, button('Cancel', () => dialog.close('')), el('button', { className: 'main' }, go)));
    dialog.replaceChildren(form);
    dialog.returnValue = '';
    dialog.onclose = () => {
      const given = Object.fromEntries(new FormData(form));
      dialog.replaceChildren();
      resolve(dialog.returnValue === 'yes' ? given : null);
    };
    dialog.showModal();
  });
}
