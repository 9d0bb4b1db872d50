// The same as a table: for the keyboard, for screen readers, and for whoever would rather read numbers.

const COLUMNS = [
  { key: 'name', title: 'Name' },
  { key: 'fate', title: 'Fate' },
  { key: 'bytes', title: 'Size', number: true },
  { key: 'share', title: 'Share', number: true },
  { key: 'files', title: 'Files', number: true },
  { key: 'why', title: 'Decided by' },
];

function drawTable(view) {
  const place = byId('table');
  const whole = visible(view.zoom, view.when, view.hidden);
  const rows = view.found === null ? [...opened(view, view.zoom, 0)] : found(view);
  const caption =
    view.found === null
      ? `What is in ${view.zoom.path || '.'}: ${size(whole[1])}, ${files(whole[0])}`
      : `What matches: ${plural(view.result.count, 'path')}${view.result.count > view.result.hits.length ? `, the ${view.result.hits.length} largest of them` : ''}`;
  const focused = document.activeElement?.dataset?.key;
  fill(
    place,
    el(
      'table',
      {},
      el('caption', {}, caption),
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          COLUMNS.map((column) => heading(view, column)),
        ),
      ),
      el(
        'tbody',
        {},
        rows.map(([node, depth]) => line(view, node, depth, whole[1])),
      ),
    ),
  );
  if (focused) place.querySelector(`[data-key="${focused}"]`)?.focus();
}

function heading(view, { key, title, number }) {
  const sorts = ['name', 'bytes', 'files'].includes(key);
  const here = view.sort.key === key;
  const order = view.sort.down ? 'descending' : 'ascending';
  const sort = () => {
    view.sort = { key, down: here ? !view.sort.down : key !== 'name' };
    drawTable(view);
  };
  const inside = sorts
    ? el(
        'button',
        { type: 'button', data: { key: `sort-${key}` }, on: { click: sort } },
        title,
        el('span', { 'aria-hidden': 'true' }, here ? (view.sort.down ? ' ↓' : ' ↑') : ''),
      )
    : title;
  return el('th', { scope: 'col', class: number ? 'number' : null, 'aria-sort': here ? order : null }, inside);
}

function inOrder(view, nodes) {
  const { key, down } = view.sort;
  const value = (node) => visible(node, view.when, view.hidden)[key === 'files' ? 0 : 1];
  const by =
    key === 'name'
      ? (one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0)
      : (one, other) => value(one) - value(other);
  return [...nodes].sort((one, other) => (down ? -by(one, other) : by(one, other)) || one.id - other.id);
}

function* opened(view, node, depth) {
  const some = node.below.filter(
    (each) => Object.keys(each.sums[view.when]).some((name) => !view.hidden.has(name)) || !each.files,
  );
  for (const each of inOrder(view, some)) {
    yield [each, depth];
    if (view.expanded.has(each.id)) yield* opened(view, each, depth + 1);
  }
}

function found(view) {
  return inOrder(view, view.result.hits).map((node) => [node, 0]);
}

function line(view, node, depth, whole) {
  const [number, bytes] = visible(node, view.when, view.hidden);
  const name = mainFate(node, view.when);
  const flat = view.found !== null;
  const expanded = view.expanded.has(node.id);
  const toggle = () => {
    if (expanded) view.expanded.delete(node.id);
    else view.expanded.add(node.id);
    drawTable(view);
  };
  const title = flat ? node.path + (isDirectory(node) ? '/' : '') : label(node);
  const arrow =
    opens(node) && !flat
      ? el(
          'button',
          {
            type: 'button',
            class: 'twist',
            'aria-expanded': String(expanded),
            'aria-label': title,
            data: { key: `twist-${node.id}` },
            on: { click: toggle },
          },
          el('span', { 'aria-hidden': 'true' }, expanded ? '▾' : '▸'),
        )
      : el('span', { class: 'twist' });
  const pick = el(
    'button',
    {
      type: 'button',
      class: 'pick',
      'aria-pressed': String(view.current === node),
      data: { key: `pick-${node.id}` },
      on: { click: () => view.select(node) },
    },
    title,
  );
  const first = el('th', { scope: 'row' }, arrow, pick);
  first.style.setProperty('--depth', depth);
  const bar = el('span', { class: 'bar-of' });
  bar.style.setProperty('--part', whole ? bytes / whole : 0);
  return el(
    'tr',
    { class: view.current === node ? 'current' : null },
    first,
    el('td', {}, el('i', { class: `swatch fate-${name}` }), fateWords(node, view.when)),
    el('td', { class: 'number' }, size(bytes)),
    el('td', { class: 'number' }, bar, share(bytes, whole)),
    el('td', { class: 'number' }, count(number)),
    el('td', { class: 'code' }, why(node, view)),
  );
}

function fateWords(node, when) {
  const others = Object.keys(node.sums[when]).length - 1;
  return FATES[mainFate(node, when)].name + (others > 0 ? ` and ${others} more` : '');
}

function why(node, view) {
  const { mark } = node;
  if (mark.leaves) return view.when === 'after' ? `${mark.leaves[1]} (proposed)` : `${mark.leaves[1]} would exclude it`;
  if (mark.rule) return `${mark.rule[1]} (${mark.rule[0]})`;
  const [first, ...others] = mark.taken.map((at) => view.map.inputs[at]);
  return first ? first + (others.length ? ` and ${others.length} more` : '') : '';
}
