// The story of the paths that were asked about with --explain.

const STANDS = { kept: 'kept', excluded: 'excluded', absent: 'not there; this is what would be' };

function drawExplained(view) {
  const { explanations } = view.build;
  const place = byId('explained');
  place.hidden = !explanations.length;
  fill(
    place,
    place.firstElementChild,
    explanations.map(explanation),
  );
}

function explanation(each) {
  const name = FATES_OF[each.reach] ?? each.reach;
  return el(
    'article',
    {},
    el('h3', {}, `${each.path}: ${STANDS[each.fate]}`),
    el('ol', {}, each.trail.map(level)),
    each.taken.length ? el('p', { class: 'quiet' }, `Taken by ${each.taken.join(', ')}`) : null,
    el(
      'p',
      {},
      el('i', { class: `swatch fate-${name}` }),
      el('strong', {}, each.ends),
    ),
    each.empty ? el('p', {}, 'It arrives EMPTY, without its content') : null,
  );
}

function level({ name, excluded, rule, inherited, passed }, depth) {
  const first = el('code', {}, name);
  first.style.setProperty('--depth', depth);
  return el(
    'li',
    {},
    first,
    el('span', {}, excluded ? 'excluded' : 'kept'),
    el(
      'span',
      { class: 'quiet' },
      rule
        ? `${inherited ? 'still ' : ''}by ${rule[1]} (${rule[0]})`
        : passed.length
          ? 'no rule that counts'
          : 'no rule matches',
      passed.map(([place, text]) =>
        el(
          'span',
          {},
          `; ${text} (${place}) matches, but it is ${text.startsWith('!') ? 'kept' : 'excluded'} already: so it does not count below either`,
        ),
      ),
    ),
  );
}
