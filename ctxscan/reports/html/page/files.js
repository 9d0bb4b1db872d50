// Every file by its path, on the map or folded into it: for the search, the largest files and the kinds.

const MOST_HITS = 500; // that are listed

function catalog(map, nodes) {
  const places = new Map(nodes.filter((each) => each.kind !== 'rest').map((each) => [each.path, each]));
  const near = (path) => {
    for (let at = path; at; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) if (places.has(at)) return places.get(at);
    return nodes[0];
  };
  const directories = new Map();
  const all = [];
  for (const [path, names, sizes, marks] of map.paths) {
    const directory = { path, near: near(path), kind: kindOfDirectory(path), files: [] };
    names.split('\n').forEach((name, at) => {
      const place = path ? `${path}/${name}` : name;
      const node = places.get(place) ?? null; // none: it was folded
      const file = {
        name,
        path: place,
        node,
        directory,
        bytes: sizes[at],
        mark: map.marks[typeof marks === 'number' ? marks : marks[at]],
        secret: node?.secret ?? false,
        kind: directory.kind ?? kindOfName(name),
      };
      directory.files.push(file);
      all.push(file);
    });
    directories.set(path, directory);
  }
  sumKinds(all, nodes);
  return { all, directories, places, paths: everyDirectory(directories, places), unlisted: map.unlisted };
}

// The bytes of each kind in each node of the map, and in what was folded beside it.
function sumKinds(all, nodes) {
  const folded = new Map();
  for (const file of all) {
    if (!file.node) {
      const sums = folded.get(file.directory.near) ?? {};
      folded.set(file.directory.near, sums);
      sums[file.kind] = (sums[file.kind] ?? 0) + file.bytes;
    }
    for (let each = file.node ?? file.directory.near; each; each = each.above) {
      each.kinds[file.kind] = (each.kinds[file.kind] ?? 0) + file.bytes;
    }
  }
  for (const node of nodes) if (node.kind === 'rest') node.kinds = folded.get(node.above) ?? {};
}

// A file as a node of the map, which it is unless it was folded.
function asNode(file) {
  if (file.node) return file.node;
  const { path, secret } = file;
  const above = file.directory.near;
  const node = {
    id: -1, name: file.name, kind: 'file', mark: file.mark, files: 1, bytes: file.bytes, partly: false, secret,
    above, below: [], path, depth: above.depth + 1, sums: { now: {}, after: {} }, kinds: { [file.kind]: file.bytes },
  };
  for (const when of ['now', 'after']) node.sums[when][fate(node, when)] = [1, file.bytes];
  return node;
}

// A directory as a node, which it is unless it was folded or is excluded with the one above it.
function directoryNode(path, inside, files) {
  const found = files.places.get(path);
  if (found) return found;
  const above = [...parents(path)].map((each) => files.places.get(each)).find(Boolean) ?? files.places.get('');
  const sums = { now: {}, after: {} };
  let bytes = 0;
  for (const file of inside) {
    bytes += file.bytes;
    for (const when of ['now', 'after']) add(sums[when], { [fate(file, when)]: [1, file.bytes] });
  }
  return {
    id: -1, name: path.slice(path.lastIndexOf('/') + 1), kind: 'dir', mark: above.mark, files: inside.length, bytes,
    partly: false, secret: false, above, below: [], path, depth: above.depth + 1, sums, kinds: {},
  };
}

function* parents(path) {
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) yield path.slice(0, at);
}

// The paths whose last name has the words in it (or the whole path, if they have a slash), with what they add up to.
function search(text, files) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return null;
  const whole = wanted.includes('/');
  const fits = (path, name) => (whole ? path : name).toLowerCase().includes(wanted);
  const matching = new Map(); // directories that fit, with all files in and below them
  for (const path of files.paths) {
    if (path && fits(path, path.slice(path.lastIndexOf('/') + 1))) matching.set(path, []);
  }
  const hits = [];
  const sums = {};
  let [number, bytes] = [0, 0];
  for (const directory of files.directories.values()) {
    const around = [directory.path, ...parents(directory.path)].filter((each) => matching.has(each));
    for (const file of directory.files) {
      for (const each of around) matching.get(each).push(file);
      const fitting = fits(file.path, file.name);
      if (fitting) hits.push(file);
      if (!fitting && !around.length) continue;
      number += 1;
      bytes += file.bytes;
      add(sums, { [fate(file, 'now')]: [1, file.bytes] });
    }
  }
  const nodes = [
    ...[...matching].map(([path, inside]) => ({ bytes: total(inside), path, make: () => directoryNode(path, inside, files) })),
    ...hits.map((file) => ({ bytes: file.bytes, path: file.path, make: () => asNode(file) })),
  ].sort((one, other) => other.bytes - one.bytes || (one.path < other.path ? -1 : 1));
  return { count: nodes.length, files: number, bytes, sums, hits: nodes.slice(0, MOST_HITS).map((each) => each.make()) };
}

const total = (files) => files.reduce((sum, each) => sum + each.bytes, 0);

function everyDirectory(directories, places) {
  const paths = new Set([...places.values()].filter(isDirectory).map((each) => each.path));
  for (const path of directories.keys()) {
    paths.add(path);
    for (const each of parents(path)) paths.add(each);
  }
  return paths;
}

// The largest of the files that stay, as the legend shows them.
function largest(view, most) {
  const shown = [];
  for (const file of view.files.all) {
    const name = fate(file, view.when);
    if (name !== 'excluded' && name !== 'left' && !view.hidden.has(name) && file.bytes) shown.push([file, name]);
  }
  return shown
    .sort(([one], [other]) => other.bytes - one.bytes || (one.path < other.path ? -1 : 1))
    .slice(0, most);
}

const MOST_LARGEST = 100;

// Only what the legend shows changes the list, not where the map is zoomed to.
function drawLargest(view) {
  const shown = [view.at, view.when, ...view.hidden].join(' ');
  if (view.listed === shown) return;
  view.listed = shown;
  const place = byId('largest');
  const rows = largest(view, MOST_LARGEST);
  place.hidden = !rows.length;
  fill(
    place,
    el('h3', {}, 'Largest files'),
    el(
      'ol',
      { tabindex: '0', 'aria-label': `The ${plural(rows.length, 'largest file')}` },
      rows.map(([file, name]) => fileRow(view, asNode(file), name)),
    ),
  );
}

function fileRow(view, node, name) {
  return el(
    'li',
    {},
    el('i', { class: `swatch fate-${name}`, title: FATES[name].name }),
    el(
      'button',
      { type: 'button', class: 'link', on: { click: () => view.show(node) } },
      node.path + (isDirectory(node) ? '/' : ''),
    ),
    el('span', { class: 'number' }, size(node.bytes)),
  );
}

function drawHits(view) {
  const place = byId('hits');
  const { result } = view;
  place.hidden = result === null;
  if (result === null) return;
  const parts = Object.keys(FATES).filter((name) => result.sums[name]);
  const beyond = result.count - result.hits.length;
  fill(
    place,
    el(
      'p',
      { class: 'quiet' },
      result.count ? `${files(result.files)}, ${size(result.bytes)}: ` : 'No path has this in its name.',
      parts.map((name, at) => `${at ? ', ' : ''}${FATES[name].name.toLowerCase()} ${size(result.sums[name][1])}`),
    ),
    view.files.unlisted
      ? el('p', { class: 'quiet' }, `Of this context ${files(view.files.unlisted)} are not listed here and not searched.`)
      : null,
    el('ol', {}, result.hits.slice(0, 100).map((node) => fileRow(view, node, mainFate(node, view.when)))),
    beyond > 0 || result.hits.length > 100
      ? el('p', { class: 'quiet' }, `The 100 largest of ${count(result.count)} matches are listed.`)
      : null,
  );
}
