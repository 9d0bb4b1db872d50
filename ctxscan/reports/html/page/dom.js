// Elements and words. Text from the data becomes text nodes, here and nowhere else.

const byId = (id) => document.getElementById(id);

function el(tag, options = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (name === 'on') for (const [type, listener] of Object.entries(value)) made.addEventListener(type, listener);
    else if (name === 'data') Object.assign(made.dataset, value);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  fill(made, ...children);
  return made;
}

// Put children, or none, into a place of the page.
function fill(place, ...children) {
  place.replaceChildren(...children.flat(2).filter((each) => each !== null && each !== undefined && each !== false));
}

// Puts text on the clipboard, and says so.
function copyButton(text, what) {
  const words = 'Copy';
  const made = el('button', { type: 'button', class: 'copy', 'aria-label': `Copy ${what}` }, words);
  const said = (outcome) => {
    made.textContent = outcome;
    setTimeout(() => {
      made.textContent = words;
    }, 1500);
  };
  made.addEventListener('click', () => {
    const done = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error('no clipboard'));
    done.then(
      () => said('Copied'),
      () => said(selected(text) ? 'Copied' : 'No clipboard'),
    );
  });
  return made;
}

// Where a page may not write to the clipboard, it may still copy what is selected.
function selected(text) {
  const field = el('textarea', { readonly: true, 'aria-hidden': 'true', class: 'off' });
  field.value = text;
  document.body.append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  return copied;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

function size(bytes) {
  let unit = 0;
  let value = bytes;
  // 999,950 would be shown as 1000.0
  while (value >= 999.95 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return unit ? `${value.toFixed(1)} ${UNITS[unit]}` : `${bytes} B`;
}

const count = (number) => number.toLocaleString('en-US');
const plural = (number, word) => `${count(number)} ${word}${number === 1 ? '' : 's'}`;
const files = (number) => plural(number, 'file');

// Never 0 or 100 % of what is some or not all.
function share(part, whole) {
  if (!whole || !part) return '0 %';
  const percent = (100 * part) / whole;
  if (percent < 0.1) return '< 0.1 %';
  if (percent > 99 && percent < 100) return `${Math.min(percent, 99.9).toFixed(1)} %`;
  return `${percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
}
