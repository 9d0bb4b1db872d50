// What was built: the layers of each image as a map of their directories, what was foretold, and what a log tells.

const MAP_WIDTH = 960; // the map is laid out for this room, and fills the width that there is
const MAP_HEIGHT = 300;

function drawBuilt(view) {
  const { images, log } = view.build;
  const place = byId('built');
  place.hidden = !images.length && log === null;
  if (place.hidden) return;
  fill(place, place.firstElementChild, ...images.map(drawImage), log === null ? null : drawLog(log));
}

function drawImage(image) {
  const possible = image.possible.length
    ? el(
        'details',
        {},
        el('summary', {}, 'Files that a command decided about'),
        el('ul', { class: 'list' }, image.possible.map(([path, there]) => el('li', {}, el('code', {}, path), there ? ': there' : ': not there'))),
      )
    : null;
  const located = image.located.length
    ? el(
        'details',
        {},
        el('summary', {}, 'Files of the context in the image'),
        el(
          'ul',
          { class: 'list' },
          image.located.map(([file, path, layer, fate]) => el('li', {}, el('code', {}, file), ' in ', el('code', {}, path), image.flat ? '' : `, layer ${layer}${fate}`)),
        ),
        image.more ? el('p', { class: 'quiet' }, `and ${count(image.more)} more`) : null,
      )
    : null;
  return el(
    'article',
    {},
    el('h3', {}, image.title.join(' · ')),
    el('p', {}, image.forecast.join(' · ')),
    image.remarks.map((each) => el('p', { class: 'quiet' }, each)),
    image.secrets.length ? el('ul', { class: 'list' }, image.secrets.map((each) => el('li', {}, `⚠ ${each}`))) : null,
    layerMap(image),
    image.flat ? null : layerTable(image),
    image.waste.length ? el('p', { class: 'quiet' }, `Waste: ${image.waste.join(' · ')}`) : null,
    possible,
    located,
  );
}

function layerMap(image) {
  const total = image.layers.reduce((sum, each) => sum + each.bytes, 0);
  if (!total) return null;
  const field = el('div', { class: 'map layers', role: 'img', 'aria-label': `Map of ${plural(image.layers.length, 'layer')} by size` });
  const root = d3
    .hierarchy({ below: image.layers }, (each) => each.below ?? each.directories?.map(([name, bytes]) => ({ name, bytes })))
    .sum((each) => (each.below || each.directories?.length ? 0 : each.bytes))
    .sort((one, other) => other.value - one.value);
  d3
    .treemap()
    .size([MAP_WIDTH, MAP_HEIGHT])
    .paddingInner(2)
    .paddingTop((each) => (each.depth === 1 && !image.flat ? HEAD : 0))(root);
  for (const each of root.descendants().slice(1)) {
    const [w, h] = [each.x1 - each.x0, each.y1 - each.y0];
    if (w < LEAST || h < LEAST || (each.depth === 1 && image.flat)) continue;
    const name = each.depth === 1 ? `${each.data.number} ${each.data.made}` : each.data.name;
    const box = el(
      'div',
      { class: each.depth === 1 ? 'tile open' : 'tile fate-image', title: `${name}, ${size(each.value)}` },
      w > 40 && h > 15 ? el('span', { class: 'name' }, name) : null,
    );
    const across = (value) => `${(100 * value) / MAP_WIDTH}%`;
    const down = (value) => `${(100 * value) / MAP_HEIGHT}%`;
    Object.assign(box.style, { left: across(each.x0), width: across(w), top: down(each.y0), height: down(h) });
    field.append(box);
  }
  return field;
}

function layerTable(image) {
  const most = Math.max(1, ...image.layers.map((each) => each.bytes));
  return wideTable(
    'Layers',
    ['layer', 'size', 'files', 'made by'],
    image.layers.map((each) => [count(each.number), [size(each.bytes), each.bytes / most], count(each.files), each.made]),
  );
}

function drawLog(log) {
  const most = Math.max(1e-9, ...log.steps.map(([, seconds]) => seconds));
  return el(
    'article',
    {},
    el('h3', {}, `The build: ${log.title}`),
    wideTable(
      'Steps of the build',
      ['time', 'step', 'line'],
      log.steps.map(([state, seconds, text, line]) => [[state, seconds / most], text, line]),
    ),
    log.transfers.map((each) => el('p', { class: 'quiet' }, `Transfer: ${each}`)),
    log.unmatched.map((each) => el('p', { class: 'quiet' }, `no such instruction in the Dockerfile: ${each}`)),
  );
}

// A table whose cells are words, or words with a share that is drawn below them.
function wideTable(label, columns, rows) {
  const cell = (each) => {
    if (!Array.isArray(each)) return el('td', {}, each);
    const bar = el('span', { class: 'measure' }, el('span'));
    bar.firstChild.style.width = `${100 * each[1]}%`;
    return el('td', { class: 'number' }, each[0], bar);
  };
  return el(
    'div',
    { class: 'wide', tabindex: '0', role: 'region', 'aria-label': label },
    el(
      'table',
      { class: 'steps' },
      el('thead', {}, el('tr', {}, columns.map((each) => el('th', { scope: 'col' }, each)))),
      el('tbody', {}, rows.map((row) => el('tr', {}, row.map(cell)))),
    ),
  );
}
