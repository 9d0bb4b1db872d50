// The state of the page, and what changes it.

const { builds, ctxscan: version, pages } = JSON.parse(byId('data').textContent);

const view = {
  build: null,
  map: null,
  nodes: null,
  zoom: null,
  current: null,
  when: 'now',
  shows: 'map',
  hidden: new Set(),
  files: null,
  listed: '', // what the largest files were last listed for
  at: 0, // the number of the build
  colors: 'fate',
  result: null, // what a search found, null without one
  found: null, // ids of what a search finds and of all above and below it, null without one
  hits: new Set(),
  following: false, // an address, so that it is not written again
  expanded: new Set(),
  sort: { key: 'bytes', down: true },
  drawn: false,
  room: '', // what the map was last drawn for
  zoomTo,
  select,
  show,
  fly,
};

function open(at) {
  const build = builds[at];
  const nodes = build.map === null ? null : plant(build.map);
  Object.assign(view, {
    build,
    at,
    map: build.map,
    nodes,
    files: nodes && catalog(build.map, nodes),
    result: null,
    zoom: nodes?.[0] ?? null,
    current: null,
    when: 'now',
    found: null,
    hits: new Set(),
    expanded: new Set(),
    hidden: new Set(['left']),
    drawn: false,
  });
  byId('build').value = String(at);
  byId('search').value = '';
  if (nodes) {
    // What never leaves would leave no room for what does.
    const out = nodes[0].sums.now.excluded?.[1] ?? 0;
    if (out * 2 > nodes[0].bytes && out < nodes[0].bytes) view.hidden.add('excluded');
  }
  byId('explore').hidden = nodes === null;
  byId('when').hidden = !build.numbers.some((each) => each.after);
  drawHead(view);
  drawCompare(builds, view, pick);
  drawExplained(view);
  drawFindings(view);
  drawProposals(view);
  drawBuilt(view);
  drawReplay(view);
  drawNext(view);
  draw();
  drawHits(view);
}

function pick(at) {
  open(at);
  address(view, true);
}

function draw() {
  drawNumbers(view);
  pressed('when', view.when);
  pressed('view', view.shows);
  pressed('colors', view.colors);
  if (!view.nodes) return;
  byId('map').hidden = byId('map-help').hidden = byId('pins').hidden = byId('colors').hidden = view.shows !== 'map';
  byId('table').hidden = view.shows !== 'table';
  drawLegend();
  drawCrumbs();
  drawField();
  drawLargest(view);
  drawDetails(view);
}

function drawField() {
  if (view.shows === 'map') drawMap(view);
  else drawTable(view);
}

function pressed(id, value) {
  for (const each of byId(id).children) each.setAttribute('aria-pressed', String(each.dataset[id] === value));
}

function drawLegend() {
  byId('kinds').hidden = view.shows !== 'map' || view.colors !== 'kind';
  fill(
    byId('kinds'),
    Object.keys(KINDS)
      .filter((kind) => view.nodes[0].kinds[kind])
      .map((kind) =>
        el(
          'li',
          {},
          el('i', { class: `swatch kind-${kind}` }),
          KINDS[kind].name,
          el('span', { class: 'number' }, size(view.nodes[0].kinds[kind])),
        ),
      ),
  );
  const sums = view.nodes[0].sums;
  const names = Object.keys(FATES).filter((name) => sums[view.when][name]);
  const focused = document.activeElement?.dataset?.fate;
  byId('legend').replaceChildren(
    ...names.map((name) =>
      el(
        'button',
        {
          type: 'button',
          class: 'chip',
          title: meaning(name, view.build),
          'aria-pressed': String(!view.hidden.has(name)),
          data: { fate: name },
          on: { click: () => toggle(name) },
        },
        el('i', { class: `swatch fate-${name}` }),
        el('span', {}, FATES[name].name),
        el('span', { class: 'number' }, size(sums[view.when][name]?.[1] ?? 0)),
      ),
    ),
  );
  if (focused) byId('legend').querySelector(`[data-fate="${focused}"]`)?.focus();
}

function drawCrumbs() {
  const path = upwards(view.zoom);
  byId('crumbs').replaceChildren(
    ...path.map((node, at) => {
      const words = node.above ? node.name : 'context';
      return el(
        'li',
        {},
        at === path.length - 1
          ? el('span', { 'aria-current': 'true' }, words)
          : el('button', { type: 'button', on: { click: () => zoomTo(node) } }, words),
      );
    }),
  );
}

function toggle(name) {
  if (view.hidden.has(name)) view.hidden.delete(name);
  else view.hidden.add(name);
  draw();
}

function zoomTo(node, { from = null, focusing = false } = {}) {
  view.zoom = node;
  view.current = from ?? node;
  byId('tip').hidden = true;
  draw();
  address(view, true);
  if (focusing) focusMap(view);
}

function select(node, { drawing = true } = {}) {
  view.current = node;
  for (const each of byId('map').children)
    each.setAttribute('aria-selected', String(each.dataset.id === String(node.id)));
  if (drawing && view.shows === 'table') drawTable(view);
  drawDetails(view);
  // Only what is chosen: where the focus passes through is no place to come back to.
  if (drawing) address(view, false);
}

// Go to a node from elsewhere on the page.
function show(node) {
  view.hidden.delete(mainFate(node, view.when));
  view.zoom = opens(node) ? node : node.above;
  view.current = node;
  for (const each of upwards(node)) if (opens(each)) view.expanded.add(each.id);
  draw();
  address(view, true);
  byId('explore').scrollIntoView({ block: 'start' });
  byId('details').focus({ preventScroll: true });
}

// Zoom to secrets that have one pin, as near as shows all of them, and mark them.
function fly(nodes) {
  const [first, ...others] = nodes.map((each) => upwards(each).slice(0, -1));
  view.zoom = first.filter((each) => others.every((path) => path.includes(each))).pop();
  [view.current] = nodes;
  draw();
  address(view, true);
  for (const each of nodes) byId('map').querySelector(`.tile[data-id="${each.id}"]`)?.classList.add('met');
}

function find(text) {
  const result = search(text, view.files);
  const within = (node) => {
    view.found.add(node.id);
    node.below.forEach(within);
  };
  view.result = result;
  view.hits = new Set();
  view.found = result && new Set();
  for (const node of result?.hits ?? []) {
    // What is folded is in the nearest box.
    const near = node.id < 0 ? node.above : node;
    view.hits.add(near.id);
    if (near === node) within(node);
    for (const each of upwards(near)) view.found.add(each.id);
  }
  byId('matches').textContent = result
    ? `${plural(result.count, 'match').replace(/matchs$/, 'matches')}, ${size(result.bytes)}`
    : '';
  drawHits(view);
  drawField();
}

// The next match, from the current one.
function step(back) {
  const hits = [...(view.result?.hits ?? [])];
  if (!hits.length) return;
  if (back) hits.reverse();
  const here = hits.findIndex((each) => each.path === view.current?.path);
  const node = hits[(here + 1) % hits.length];
  if (!upwards(node).includes(view.zoom) || node === view.zoom) view.zoom = node.above ?? node;
  view.hidden.delete(mainFate(node, view.when));
  view.current = node;
  draw();
}

// Show what the address says.
function follow() {
  const wanted = addressed();
  if (!wanted || !builds[wanted.build]) return;
  view.following = true;
  if (wanted.build !== view.at) open(wanted.build);
  const node = view.nodes && nodeAt(wanted.path);
  if (node) {
    view.zoom = opens(node) || !node.above ? node : node.above;
    view.current = node;
    draw();
  }
  view.following = false;
}

function nodeAt(path) {
  const { places, directories } = view.files;
  const directory = directories.get(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
  const file = directory?.files.find((each) => each.path === path);
  return places.get(path) ?? (file ? asNode(file) : null);
}

// Back from the details to the box or the row that they are of.
function focusField() {
  if (view.shows === 'map') focusMap(view);
  else byId('table').querySelector(`[data-key="pick-${view.current?.id}"]`)?.focus();
}

function theme(next) {
  const root = document.documentElement;
  const button = byId('theme');
  if (next === 'auto') delete root.dataset.theme;
  else root.dataset.theme = next;
  button.textContent = { auto: 'Theme: system', light: 'Theme: light', dark: 'Theme: dark' }[next];
  button.onclick = () => theme({ auto: 'light', light: 'dark', dark: 'auto' }[next]);
}

function start() {
  theme('auto');
  const choice = byId('build');
  choice.append(...builds.map((build, at) => el('option', { value: at }, title(build))));
  byId('pick').hidden = builds.length < 2;
  choice.addEventListener('change', () => pick(Number(choice.value)));
  for (const id of ['when', 'view', 'colors']) {
    byId(id).addEventListener('click', (event) => {
      const value = event.target.dataset[id];
      if (!value) return;
      view[{ when: 'when', view: 'shows', colors: 'colors' }[id]] = value;
      draw();
    });
  }
  const field = byId('search');
  field.addEventListener('input', () => find(field.value));
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') {
      event.preventDefault();
      step(event.shiftKey);
    }
    if (event.key === 'Escape') {
      field.value = '';
      find('');
    }
  });
  listenToMap(view);
  byId('foot').textContent = `Made by ctxscan ${version}. This page is one file: it asks no network for anything.`;
  byId('details').addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    focusField();
  });
  if (builds.length) open(worstFirst(builds)[0]);
  follow();
  addEventListener('popstate', follow);
  addEventListener('hashchange', follow);
  new ResizeObserver(() => {
    if (view.shows !== 'map' || fits(view)) return;
    view.drawn = false;
    drawMap(view);
  }).observe(byId('map'));
  // In milliseconds, once it has been painted: for the tests.
  requestAnimationFrame(() =>
    setTimeout(() => {
      document.documentElement.dataset.drawn = String(Math.round(performance.now()));
    }),
  );
}

start();
