// Several builds beside one another, the worst first.

const WORST = ['error', 'warning', 'note'];

function rank(build) {
  const at = WORST.findIndex((name) => build.findings?.some((each) => each.severity === name));
  return at < 0 ? WORST.length : at;
}

const sent = (build) => (build.numbers.find((each) => each.name === 'Transfer') ?? build.numbers[0]).now[1];
const worstFirst = (all) =>
  [...all.keys()].sort((one, other) => rank(all[one]) - rank(all[other]) || sent(all[other]) - sent(all[one]) || one - other);

function title(build) {
  return [build.name, build.context, build.dockerfile, build.target].filter(Boolean).join(' · ');
}

function drawCompare(all, view, pick) {
  const place = byId('compare');
  place.hidden = all.length < 2;
  if (all.length < 2) return;
  const names = all[0].numbers.map((each) => each.name);
  const most = Math.max(1, ...all.flatMap((build) => build.numbers.map((each) => each.now[1])));
  fill(
    place,
    place.firstElementChild,
    el(
      'div',
      { class: 'wide', tabindex: '0', role: 'region', 'aria-label': 'Builds' },
      el(
        'table',
        { class: 'steps' },
        el(
          'thead',
          {},
          el('tr', {}, ['Build', 'Findings', ...names].map((each) => el('th', { scope: 'col' }, each))),
        ),
        el(
          'tbody',
          {},
          worstFirst(all).map((at) => compared(all[at], at, names, most, view.build === all[at], pick)),
        ),
      ),
    ),
  );
}

function compared(build, at, names, most, current, pick) {
  const counts = WORST.map((name) => [name, build.findings?.filter((each) => each.severity === name).length ?? 0]);
  return el(
    'tr',
    { class: current ? 'current' : null },
    el(
      'th',
      { scope: 'row' },
      el(
        'button',
        { type: 'button', class: 'link', 'aria-current': current ? 'true' : null, on: { click: () => pick(at) } },
        title(build),
      ),
    ),
    el(
      'td',
      {},
      counts
        .filter(([, number]) => number)
        .map(([name, number]) => el('p', { class: `severity ${name}` }, plural(number, name))),
    ),
    names.map((name) => {
      const number = build.numbers.find((each) => each.name === name);
      if (!number) return el('td', { class: 'number' }, '–');
      const bar = el('span', { class: 'measure' }, el('span'));
      bar.firstChild.style.width = `${(100 * number.now[1]) / most}%`;
      return el('td', { class: 'number' }, size(number.now[1]), bar);
    }),
  );
}
