// The rows of the data as a tree, and the fate of each node now and with the proposals.

// In the order of the legend: what says most first.
const FATES = {
  secret: { name: 'Secret', says: 'its content is a secret' },
  leaving: { name: 'Removable', says: 'a proven rule would exclude it' },
  image: { name: 'In the image', says: 'its content is in a layer of the image' },
  maybe: { name: 'Possibly in the image', says: 'depends on a RUN command' },
  transfer: { name: 'Sent only', says: 'sent to the builder, not in a layer of the image' },
  context: { name: 'Context only', says: 'kept by the rules, and no instruction that is built asks for it' },
  left: { name: 'Left out by the proposals', says: 'a proposed rule keeps it on this machine' },
  excluded: { name: 'Excluded', says: 'it never leaves this machine' },
};

// The fate of a reach that has another name in reports.
const FATES_OF = { possible: 'maybe' };

// What a fate means for this build.
function meaning(name, build) {
  if (name === 'context' && build.dockerfile === null)
    return 'kept by the rules; without a Dockerfile nobody knows what will be asked for';
  return FATES[name].says;
}

function plant(map) {
  const secret = new Set(map.secret);
  const partly = new Set(map.partly);
  const nodes = map.name.map((name, id) => ({
    id,
    name,
    kind: map.kind[id],
    mark: map.marks[map.mark[id]],
    files: map.files[id],
    bytes: map.bytes[id],
    partly: partly.has(id),
    secret: secret.has(id),
    above: null,
    below: [],
    path: '',
    depth: 0,
    sums: { now: {}, after: {} },
    kinds: {},
  }));
  for (const node of nodes) {
    const above = map.above[node.id];
    if (above < 0) continue;
    node.above = nodes[above];
    node.depth = node.above.depth + 1;
    node.above.below.push(node);
    if (node.kind === 'rest') node.name = `… ${count(node.files)} more`;
    node.path = node.above.above ? `${node.above.path}/${node.name}` : node.name;
  }
  // Below before above: a row comes after the directory that holds it.
  for (let id = nodes.length - 1; id >= 0; id -= 1) {
    const node = nodes[id];
    for (const when of ['now', 'after']) {
      if (!node.below.length) node.sums[when][fate(node, when)] = [node.files, node.bytes];
      if (node.above) add(node.above.sums[when], node.sums[when]);
    }
  }
  return nodes;
}

function add(sums, more) {
  for (const [name, [number, bytes]] of Object.entries(more)) {
    const here = (sums[name] ??= [0, 0]);
    here[0] += number;
    here[1] += bytes;
  }
}

// The fate of what is no directory, or of one that is only counted.
function fate(node, when) {
  const { reach, leaves } = node.mark;
  if (reach === 'excluded') return 'excluded';
  if (leaves && when === 'after') return 'left';
  if (node.secret) return 'secret';
  if (leaves) return 'leaving';
  return FATES_OF[reach] ?? reach;
}

// The fate of most of what is in a node.
function mainFate(node, when) {
  const sums = Object.entries(node.sums[when]);
  if (!sums.length) return fate(node, when);
  return sums.reduce((one, other) => (other[1][1] > one[1][1] ? other : one))[0];
}

// Files and bytes of a node, of the fates that are not hidden.
function visible(node, when, hidden) {
  let number = 0;
  let bytes = 0;
  for (const [name, sum] of Object.entries(node.sums[when])) {
    if (!hidden.has(name)) {
      number += sum[0];
      bytes += sum[1];
    }
  }
  return [number, bytes];
}

const label = (node) => (node.above ? node.name : '.') + (node.kind === 'dir' ? '/' : '');
const isDirectory = (node) => node.kind === 'dir';
const opens = (node) => node.below.length > 0;

function upwards(node) {
  const out = [];
  for (let each = node; each; each = each.above) out.unshift(each);
  return out;
}
