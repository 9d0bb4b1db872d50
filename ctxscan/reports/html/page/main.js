// The state of the page, and what changes it.

const { builds, ctxscan: version } = JSON.parse(byId('data').textContent);

const view = {
  build: null,
  map: null,
  nodes: null,
  zoom: null,
  current: null,
  when: 'now',
  shows: 'map',
  hidden: new Set(),
  found: null, // ids of what a search finds and of all above and below it, null without one
  hits: new Set(),
  expanded: new Set(),
  sort: { key: 'bytes', down: true },
  drawn: false,
  room: '', // what the map was last drawn for
  zoomTo,
  select,
  show,
};

function open(build) {
  const nodes = build.map === null ? null : plant(build.map);
  Object.assign(view, {
    build,
    map: build.map,
    nodes,
    zoom: nodes?.[0] ?? null,
    current: null,
    when: 'now',
    found: null,
    hits: new Set(),
    expanded: new Set(),
    hidden: new Set(),
    drawn: false,
  });
  byId('search').value = '';
  if (nodes) {
    // What never leaves would leave no room for what does.
    const out = nodes[0].sums.now.excluded?.[1] ?? 0;
    if (out * 2 > nodes[0].bytes && out < nodes[0].bytes) view.hidden.add('excluded');
  }
  byId('explore').hidden = nodes === null;
  byId('when').hidden = !build.numbers.some((each) => each.after);
  drawHead(view);
  drawExplained(view);
  drawFindings(view);
  drawProposals(view);
  drawReplay(view);
  drawNext(view);
  draw();
}

function draw() {
  drawNumbers(view);
  pressed('when', view.when);
  pressed('view', view.shows);
  if (!view.nodes) return;
  byId('map').hidden = byId('map-help').hidden = view.shows !== 'map';
  byId('table').hidden = view.shows !== 'table';
  drawLegend();
  drawCrumbs();
  drawField();
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
  const sums = view.nodes[0].sums;
  const names = Object.keys(FATES).filter((name) => sums.now[name] || sums.after[name]);
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
  if (focusing) focusMap(view);
}

function select(node, { drawing = true } = {}) {
  view.current = node;
  for (const each of byId('map').children)
    each.setAttribute('aria-selected', String(each.dataset.id === String(node.id)));
  if (drawing && view.shows === 'table') drawTable(view);
  drawDetails(view);
}

// Go to a node from elsewhere on the page.
function show(node) {
  view.hidden.delete(mainFate(node, view.when));
  view.zoom = opens(node) ? node : node.above;
  view.current = node;
  for (const each of upwards(node)) if (opens(each)) view.expanded.add(each.id);
  draw();
  byId('explore').scrollIntoView({ block: 'start' });
  byId('details').focus({ preventScroll: true });
}

function search(text) {
  const wanted = text.trim().toLowerCase();
  view.hits = new Set();
  view.found = wanted ? new Set() : null;
  let bytes = 0;
  const within = (node) => {
    view.found.add(node.id);
    node.below.forEach(within);
  };
  for (const node of wanted ? view.nodes : []) {
    if (
      !node.above ||
      node.kind === 'rest' ||
      (!node.name.toLowerCase().includes(wanted) && !(wanted.includes('/') && node.path.toLowerCase().includes(wanted)))
    )
      continue;
    view.hits.add(node.id);
    if (!view.found.has(node.id)) {
      bytes += node.bytes;
      within(node);
    }
    for (const each of upwards(node)) view.found.add(each.id);
  }
  byId('matches').textContent = wanted
    ? `${plural(view.hits.size, 'match').replace(/matchs$/, 'matches')}, ${size(bytes)}`
    : '';
  drawField();
}

// The next match, from the current one.
function step(back) {
  const hits = [...view.hits];
  if (!hits.length) return;
  if (back) hits.reverse();
  const here = hits.indexOf(view.current?.id);
  const node = view.nodes[hits[(here + 1) % hits.length]];
  if (!upwards(node).includes(view.zoom) || node === view.zoom) view.zoom = node.above;
  view.hidden.delete(mainFate(node, view.when));
  view.current = node;
  draw();
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
  const pick = byId('build');
  const name = (build) => [build.name, build.context, build.dockerfile, build.target].filter(Boolean).join(' · ');
  pick.append(...builds.map((build, at) => el('option', { value: at }, name(build))));
  byId('pick').hidden = builds.length < 2;
  pick.addEventListener('change', () => open(builds[Number(pick.value)]));
  for (const id of ['when', 'view']) {
    byId(id).addEventListener('click', (event) => {
      const value = event.target.dataset[id];
      if (!value) return;
      view[id === 'when' ? 'when' : 'shows'] = value;
      draw();
    });
  }
  const field = byId('search');
  field.addEventListener('input', () => search(field.value));
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') {
      event.preventDefault();
      step(event.shiftKey);
    }
    if (event.key === 'Escape') {
      field.value = '';
      search('');
    }
  });
  listenToMap(view);
  byId('foot').textContent = `Made by ctxscan ${version}. This page is one file: it asks no network for anything.`;
  if (builds.length) open(builds[0]);
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
