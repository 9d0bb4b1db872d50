// How often the last commits made the builder do each step again, and which commits those were.

const VARIANTS = ['as it was', 'today', 'with the proposals', 'reordered'];

function drawReplay(view) {
  const { replay } = view.build;
  const place = byId('replay');
  place.hidden = replay === null;
  if (replay === null) return;
  const shown = VARIANTS.filter((_, at) => replay.steps.some((each) => each.counts[at]));
  fill(
    place,
    place.firstElementChild,
    el('p', { class: 'quiet' }, `How often each step was done again in the last ${plural(replay.of, 'commit')}, each built on the cache of those before it`),
    el(
      'div',
      { class: 'wide', tabindex: '0', role: 'region', 'aria-label': 'Steps done again' },
      el(
        'table',
        { class: 'steps' },
        el('thead', {}, el('tr', {}, [...shown, 'step', 'because of'].map((each) => el('th', { scope: 'col' }, each)))),
        el('tbody', {}, replay.steps.map((each) => stepRow(each, replay.of, shown.length))),
      ),
    ),
    replay.steps.some((each) => each.counts.some((one) => one && one[1]))
      ? el('p', { class: 'quiet' }, '+n?: n more depend on what a command produced')
      : null,
    replay.remarks.map((each) => el('p', {}, each)),
    replay.commits.length
      ? el(
          'details',
          {},
          el('summary', {}, `${plural(replay.commits.length, 'commit')}, the newest first, as they were built`),
          el('ul', { class: 'list' }, replay.commits.map(commitRow)),
          replay.more ? el('p', { class: 'quiet' }, `and ${count(replay.more)} before these`) : null,
        )
      : null,
  );
}

function stepRow(each, of, columns) {
  const cells = each.counts.slice(0, columns).map((one) => {
    const bar = el('span', { class: 'measure' }, el('span'));
    bar.firstChild.style.width = `${one && of ? (100 * one[0]) / of : 0}%`;
    return el('td', { class: 'number' }, one === null ? '' : counted(one), bar);
  });
  const because = named(each.because, each.others);
  const spared = each.spared ? `in ${count(each.spared)} only because of ${because}` : because;
  return el(
    'tr',
    {},
    cells,
    el('th', { scope: 'row' }, el('code', {}, each.text), el('span', { class: 'quiet' }, ` line ${count(each.line)}`)),
    el('td', {}, spared),
  );
}

function commitRow(each) {
  const [again, all] = each.steps;
  const because = named(each.because, each.others);
  const outcome =
    each.failed !== null
      ? `fails: ${each.failed}`
      : again
        ? `${count(again)} of ${plural(all, 'step')}${because ? `: ${because}` : ''}`
        : 'all cached';
  return el('li', {}, el('p', {}, el('code', {}, each.commit), ` ${each.subject}`), el('p', { class: 'quiet' }, outcome));
}

const counted = ([reran, unknown]) => count(reran) + (unknown ? ` +${count(unknown)}?` : '');
const named = (names, others) => names.join(', ') + (others ? ` and ${count(others)} more` : '');
