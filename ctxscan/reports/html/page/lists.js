// What stands beside the map: the head, the three numbers, findings, proposals, and what to run next.

const AT_FIRST = 12; // entries of a list before somebody asks for all

const SEVERITIES = { error: '✗', warning: '!', note: '·' };
const severity = (name) =>
  el('span', { class: `severity ${name}` }, el('span', { 'aria-hidden': 'true' }, SEVERITIES[name]), ` ${name}`);

function drawHead(view) {
  const { build } = view;
  document.title = `${build.project || build.context} · ctxscan`;
  byId('subject').textContent = build.name ? `${build.project} · ${build.name}` : build.project || build.context;
  drawHeadline(build);
  const rules = build.ignoreFile === null ? 'no ignore file' : `${build.ignoreFile} (${plural(build.rules, 'rule')})`;
  const target = build.target === null ? '' : `, target ${build.target}`;
  const dockerfile =
    build.dockerfile === null
      ? 'no Dockerfile'
      : build.dockerfile === '-'
        ? 'Dockerfile from standard input'
        : build.dockerfile;
  const context = build.context === '.' ? null : build.context;
  byId('about').textContent = [context, dockerfile + target, rules, build.builder].filter(Boolean).join(' · ');
}

// What it comes to, before anything else: what is sent, what could be, and what has to be done.
function drawHeadline(build) {
  const number = build.numbers.find((each) => each.name === 'Transfer') ?? build.numbers[0];
  const less = number.after && number.after[1] < number.now[1];
  fill(
    byId('headline'),
    el(
      'p',
      { class: 'change' },
      el('strong', {}, size(number.now[1])),
      less ? [el('span', { 'aria-label': 'becomes' }, ' → '), el('strong', { class: 'good' }, size(number.after[1]))] : null,
      el('span', { class: 'quiet' }, less ? ` ${number.what}, with the proposed rules` : ` ${number.what}`),
    ),
    build.verdict ? el('p', { class: 'verdict' }, build.verdict.join(' · ')) : null,
  );
}

function drawNumbers(view) {
  const { numbers, printed, remarks } = view.build;
  const after = view.when === 'after';
  const most = Math.max(1, ...numbers.map((each) => each.now[1]));
  fill(
    byId('numbers'),
    ...numbers.map((each) => {
      const [number, bytes] = after && each.after ? each.after : each.now;
      const saved = after && each.after && each.now[1] ? each.now[1] - bytes : 0;
      const bar = el('span', { class: 'measure' }, el('span'));
      bar.firstChild.style.width = `${(100 * bytes) / most}%`;
      return el(
        'div',
        { class: 'number-of' },
        el('h2', {}, each.name),
        el(
          'p',
          { class: 'figure', title: `${count(bytes)} bytes` },
          size(bytes),
          saved > 0 ? el('span', { class: 'saved' }, ` −${share(saved, each.now[1])}`) : null,
        ),
        bar,
        el('p', { class: 'quiet' }, `${files(number)} ${each.what}`),
      );
    }),
    el(
      'div',
      { class: 'said' },
      printed === null
        ? null
        : el(
            'p',
            {},
            after ? 'As it is, the builder will print ' : 'The builder will print ',
            el('code', {}, printed),
          ),
      remarks.map((each) => el('p', { class: 'quiet' }, each)),
    ),
  );
}

function cut(entries, draw, list) {
  const more = entries.length - AT_FIRST;
  list.append(...entries.slice(0, more > 2 ? AT_FIRST : undefined).map(draw));
  if (more <= 2) return list;
  const all = el(
    'button',
    {
      type: 'button',
      on: {
        click: () => {
          all.remove();
          list.append(...entries.slice(AT_FIRST).map(draw));
        },
      },
    },
    `Show ${count(more)} more`,
  );
  return [list, all];
}

function drawFindings(view) {
  const { findings, allowed, suppressed } = view.build;
  const place = byId('findings');
  const title = place.firstElementChild;
  if (findings === null) {
    place.hidden = true;
    return;
  }
  place.hidden = false;
  const counts = Object.keys(SEVERITIES)
    .map((name) => [name, findings.filter((each) => each.severity === name).length])
    .filter(([, number]) => number);
  fill(
    place,
    title,
    el(
      'p',
      { class: 'quiet' },
      counts.length
        ? counts.map(([name, number]) => plural(number, name)).join(', ')
        : 'No findings: nothing to see to.',
    ),
    cut(findings, (each) => finding(view, each), el('ul', { class: 'list' })),
    allowed.length
      ? el(
          'details',
          {},
          el('summary', {}, `Suppressed: ${suppressed.join(', ')}`),
          el(
            'ul',
            { class: 'list' },
            allowed.map((each) => el('li', {}, el('code', {}, each.code), ` ${each.path ?? ''}: ${each.reason}`)),
          ),
        )
      : null,
  );
}

// The code of a finding, which leads to what it means.
const page = (code) => el('a', { href: `${pages}/${code}.md`, rel: 'noreferrer' }, el('code', {}, code));

function finding(view, each) {
  const place = each.path === null ? null : each.path + (each.line === null ? '' : `:${each.line}`);
  const shows = view.nodes && each.row !== null;
  return el(
    'li',
    { class: each.severity },
    el('p', { class: 'first' }, severity(each.severity), page(each.code)),
    el(
      'p',
      {},
      place === null
        ? null
        : shows
          ? el('button', { type: 'button', class: 'link', on: { click: () => view.show(view.nodes[each.row]) } }, place)
          : el('code', {}, place),
      place === null ? '' : ' ',
      each.message,
    ),
    each.remedy === null ? null : el('p', { class: 'quiet' }, el('span', { class: 'lead' }, 'Fix '), each.remedy),
    each.why === null ? null : el('p', { class: 'quiet' }, el('span', { class: 'lead' }, 'Why '), each.why),
  );
}

function drawProposals(view) {
  const { proposals } = view.build;
  const place = byId('proposals');
  place.hidden = view.build.findings === null;
  const sure = proposals.filter((each) => each.applied);
  const unsure = proposals.filter((each) => !each.applied);
  fill(
    place,
    place.firstElementChild,
    el(
      'p',
      { class: 'quiet' },
      sure.length
        ? `${plural(sure.length, 'rule')} to add, proven not to break the build`
        : 'Nothing to add to the ignore file.',
      sure.length ? copyButton(sure.map((each) => each.pattern).join('\n'), 'the rules') : null,
    ),
    cut(sure, proposal, el('ul', { class: 'list' })),
    unsure.length
      ? [
          el('h3', {}, 'To look at'),
          el('p', { class: 'quiet' }, 'No proof can tell: not written unless the configuration says so'),
          cut(unsure, proposal, el('ul', { class: 'list' })),
        ]
      : null,
  );
}

function proposal(each) {
  const [number, bytes] = each.size;
  const idle = number && !each.sent[0];
  return el(
    'li',
    {},
    el(
      'p',
      { class: 'first' },
      el('code', {}, each.pattern),
      el('span', { class: 'saves' }, number ? `${size(bytes)} · ${files(number)}` : 'for what is to come'),
    ),
    el('p', { class: 'quiet' }, each.reasons.join(', '), idle ? '; not in the transfer as it is' : ''),
    each.caution === null ? null : el('p', { class: 'quiet' }, el('span', { class: 'lead' }, 'But '), each.caution),
  );
}

function drawNext(view) {
  const { command, what } = view.build.next;
  const place = byId('next');
  fill(place, place.firstElementChild, el('pre', {}, el('code', {}, command)), copyButton(command, 'the command'), el('p', { class: 'quiet' }, what));
}
