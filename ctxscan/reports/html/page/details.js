// All that is known of one node.

const MOST_THERE = 8; // findings in a directory

function drawDetails(view) {
  const place = byId('details');
  const node = view.current ?? view.zoom;
  if (!node) return;
  const { mark } = node;
  const name = mainFate(node, view.when);
  const whole = view.nodes[0].sums[view.when];
  const kept = Object.entries(whole).reduce((sum, [each, [, bytes]]) => (['excluded', 'left'].includes(each) ? sum : sum + bytes), 0);
  const facts = [];
  const fact = (term, ...what) => facts.push(el('div', {}, el('dt', {}, term), el('dd', {}, ...what)));
  fact('Size', `${node.partly ? 'at least ' : ''}${size(node.bytes)}`, el('small', {}, `${count(node.bytes)} bytes`));
  if (isDirectory(node) || node.kind === 'rest') fact('Files', count(node.files));
  if (node.above && !['excluded', 'left'].includes(name)) fact('Share of the context', share(node.bytes, kept));
  if (mark.leaves) {
    fact(
      view.when === 'after' ? 'Excluded by' : 'Would be excluded by',
      el('code', {}, mark.leaves[1]),
      el('small', {}, 'proposed, proven'),
    );
  } else if (mark.rule) {
    fact(
      mark.reach === 'excluded' ? 'Excluded by' : 'Kept by',
      el('code', {}, mark.rule[1]),
      el('small', {}, mark.rule[0]),
    );
  } else if (node.above) {
    fact('Rule', 'no rule matches');
  }
  if (mark.taken.length)
    fact(
      'Taken by',
      mark.taken.map((at) => el('code', { class: 'block' }, view.map.inputs[at])),
    );
  if (mark.empty) fact('Attention', 'it arrives EMPTY, without its content');
  if (!['file', 'dir', 'rest'].includes(node.kind)) fact('Kind', node.kind);
  const buttons = [];
  const button = (words, act) => buttons.push(el('button', { type: 'button', on: { click: act } }, words));
  if (opens(node) && view.zoom !== node) button('Zoom in', () => view.zoomTo(node));
  if (view.zoom.above) button('Zoom out', () => view.zoomTo(view.zoom.above, { from: view.zoom }));
  const parts = Object.entries(FATES).filter(([each]) => node.sums[view.when][each]);
  fill(
    place,
    el('h3', {}, node.above ? node.path + (isDirectory(node) ? '/' : '') : 'The context directory'),
    el(
      'p',
      { class: 'fate' },
      el('i', { class: `swatch fate-${name}` }),
      el('strong', {}, FATES[name].name),
      parts.length > 1 ? ' for the most part' : `: ${meaning(name, view.build)}`,
    ),
    parts.length > 1
      ? el(
          'div',
          { class: 'parts', 'aria-hidden': 'true' },
          parts.map(([each]) => part(each, node.sums[view.when][each][1])),
        )
      : null,
    parts.length > 1
      ? el(
          'ul',
          { class: 'split' },
          parts.map(([each]) =>
            el(
              'li',
              {},
              el('i', { class: `swatch fate-${each}` }),
              el('span', {}, FATES[each].name),
              el('span', { class: 'number' }, size(node.sums[view.when][each][1])),
            ),
          ),
        )
      : null,
    el('dl', {}, facts),
    buttons.length ? el('p', { class: 'buttons' }, buttons) : null,
    there(view, node),
    node.above && node.kind !== 'rest'
      ? el(
          'p',
          { class: 'ask' },
          'The whole story: ',
          el('code', { class: 'block' }, `ctxscan --explain ${quoted(node.path)}`),
          copyButton(`ctxscan --explain ${quoted(node.path)}`, 'the command'),
        )
      : null,
  );
}

function part(name, bytes) {
  const made = el('span', { class: `fate-${name}` });
  made.style.flexGrow = bytes;
  return made;
}

function there(view, node) {
  const some =
    view.build.findings?.filter((each) => each.row !== null && upwards(view.nodes[each.row]).includes(node)) ?? [];
  if (!some.length || !node.above) return null;
  return el(
    'section',
    { 'aria-label': 'Findings here' },
    el('h4', {}, plural(some.length, 'finding')),
    el(
      'ul',
      { class: 'here' },
      some
        .slice(0, MOST_THERE)
        .map((each) =>
          el('li', {}, severity(each.severity), ' ', each.path === node.path ? '' : `${each.path}: `, each.message),
        ),
    ),
    some.length > MOST_THERE ? el('p', { class: 'quiet' }, `… ${count(some.length - MOST_THERE)} more`) : null,
  );
}

const quoted = (path) => (/^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);
