// The treemap: laid out by d3-hierarchy, drawn as positioned boxes, walked with the keyboard as a tree.

const HEAD = 20; // the bar with the name of a directory
const LEAST = 3; // narrower boxes are not drawn
const ROOM = 36; // a directory is opened from this size on
const MOST_MOVING = 700; // more boxes than this change places at once

function drawMap(view) {
  const field = byId('map');
  const { width, height } = field.getBoundingClientRect();
  if (!width || !height || !view.nodes) return;
  view.room = `${width} ${height}`;
  const { boxes, spots } = layOut(view, Math.floor(width), Math.floor(height));
  const before = new Map([...field.children].filter((each) => each.dataset.id).map((each) => [each.dataset.id, each]));
  field.classList.toggle('still', boxes.length > MOST_MOVING || !view.drawn);
  const total = visible(view.zoom, view.when, view.hidden)[1];
  const tiles = boxes.map((box) => tile(view, box, before.get(String(box.node.id)), total));
  field.replaceChildren(...tiles);
  field.setAttribute('role', tiles.length ? 'tree' : 'group');
  if (!tiles.length)
    field.append(el('p', { class: 'empty' }, 'Nothing to draw: of what is shown here, nothing has a size.'));
  const current = tiles.find((each) => each.dataset.id === String(view.current?.id)) ?? tiles[0];
  if (current) current.tabIndex = 0;
  drawPins(view, spots);
  view.drawn = true;
}

// Whether the map was drawn for the room that it has.
function fits(view) {
  const { width, height } = byId('map').getBoundingClientRect();
  return view.room === `${width} ${height}`;
}

function layOut(view, width, height) {
  const root = d3
    .hierarchy(folded(view.zoom), (each) => each.node.below.map(folded))
    .sum((each) => (opens(each.node) ? 0 : visible(each.node, view.when, view.hidden)[1]))
    .sort((one, other) => other.value - one.value || one.data.node.id - other.data.node.id);
  const open = (each) => each.children && each.x1 - each.x0 >= ROOM && each.y1 - each.y0 >= ROOM;
  const inset = (each) => (each !== root && open(each) ? 3 : 0);
  d3
    .treemap()
    .size([width, height])
    .round(true)
    .paddingInner(2)
    .paddingTop((each) => (each !== root && open(each) ? HEAD : 0))
    .paddingRight(inset)
    .paddingBottom(inset)
    .paddingLeft(inset)(root);
  const boxes = [];
  const visit = (each) => {
    const [w, h] = [each.x1 - each.x0, each.y1 - each.y0];
    if (!each.value || w < LEAST || h < LEAST) return;
    if (each !== root) {
      boxes.push({
        ...each.data,
        x: each.x0,
        y: each.y0,
        w,
        h,
        open: Boolean(open(each)),
        depth: each.depth,
        value: each.value,
      });
    }
    if (each === root || open(each)) (each.children ?? []).forEach(visit);
  };
  visit(root);
  // Where each node lies, also those that are too small to be drawn.
  const spots = new Map(root.descendants().map((each) => [each.data.node.id, each]));
  return { boxes, spots };
}

// Directories that hold nothing but one directory are one box: `src/main/java/`.
function folded(node) {
  let name = label(node);
  let last = node;
  while (last.below.length === 1 && opens(last.below[0])) {
    [last] = last.below;
    name += label(last);
  }
  return { node: last, name };
}

function tile(view, box, old, total) {
  const { node } = box;
  const made = old ?? el('div', { class: 'tile', role: 'treeitem', data: { id: node.id } });
  const name = mainFate(node, view.when);
  // Secrets are small: what holds one says so.
  const secret = Boolean(node.sums[view.when].secret) && !view.hidden.has('secret');
  const color = view.colors === 'kind' ? `kind-${mainKind(node)}` : `fate-${name}`;
  made.className = `tile ${box.open ? 'open' : color}`;
  made.classList.toggle('holds', secret && opens(node));
  made.classList.toggle('fades', view.found !== null && !view.found.has(node.id));
  made.classList.toggle('hit', view.found !== null && view.hits.has(node.id));
  Object.assign(made.style, { left: `${box.x}px`, top: `${box.y}px`, width: `${box.w}px`, height: `${box.h}px` });
  made.tabIndex = -1;
  made.setAttribute('aria-level', box.depth);
  made.setAttribute('aria-selected', String(view.current === node));
  made.setAttribute(
    'aria-label',
    `${box.name}, ${size(box.value)}, ${share(box.value, total)}, ${FATES[name].name}${secret && opens(node) ? ', holds a secret' : ''}`,
  );
  if (box.open) made.setAttribute('aria-expanded', 'true');
  else made.removeAttribute('aria-expanded');
  const words = [];
  if (box.w > (box.open ? 30 : 46) && box.h > 15) {
    words.push(el('span', { class: 'name' }, `${secret ? '⚠ ' : ''}${box.name}`));
    if (box.open ? box.w > 110 : box.h > 34 && box.w > 60) words.push(el('span', { class: 'size' }, size(box.value)));
  }
  made.replaceChildren(...words);
  return made;
}

function listenToMap(view) {
  const field = byId('map');
  const tip = byId('tip');
  const nodeOf = (event) => {
    const found = event.target.closest?.('.tile');
    return found ? view.nodes[Number(found.dataset.id)] : null;
  };
  field.addEventListener('click', (event) => {
    const node = nodeOf(event);
    if (node) opens(node) ? view.zoomTo(node) : view.select(node);
  });
  field.addEventListener('pointermove', (event) => {
    const node = nodeOf(event);
    if (event.pointerType === 'touch' || !node) {
      tip.hidden = true;
      return;
    }
    const name = mainFate(node, view.when);
    fill(
      tip,
      el('strong', {}, node.path || '.', isDirectory(node) ? '/' : ''),
      el('span', {}, `${size(node.bytes)} · ${files(node.files)}`),
      el('span', {}, el('i', { class: `swatch fate-${name}` }), FATES[name].name),
      view.colors === 'kind' &&
        el('span', {}, el('i', { class: `swatch kind-${mainKind(node)}` }), KINDS[mainKind(node)].name),
    );
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - width - 8))}px`;
    tip.style.top = `${event.clientY + 18 + height > innerHeight ? event.clientY - height - 10 : event.clientY + 18}px`;
  });
  field.addEventListener('pointerleave', () => {
    tip.hidden = true;
  });
  field.addEventListener('focusin', (event) => {
    const node = nodeOf(event);
    if (node && node !== view.current) view.select(node, { drawing: false });
  });
  field.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const tiles = [...field.querySelectorAll('.tile')];
    const here = tiles.indexOf(document.activeElement);
    if (here < 0) return;
    const level = (each) => Number(each.getAttribute('aria-level'));
    const sibling = (step) => {
      for (let at = here + step; tiles[at] && level(tiles[at]) >= level(tiles[here]); at += step) {
        if (level(tiles[at]) === level(tiles[here])) return tiles[at];
      }
      return null;
    };
    const parent = () =>
      tiles
        .slice(0, here)
        .reverse()
        .find((each) => level(each) < level(tiles[here]));
    const child = () => (tiles[here + 1] && level(tiles[here + 1]) > level(tiles[here]) ? tiles[here + 1] : null);
    const node = view.nodes[Number(tiles[here].dataset.id)];
    const moves = {
      ArrowDown: () => sibling(1),
      ArrowUp: () => sibling(-1),
      ArrowRight: child,
      ArrowLeft: parent,
      Home: () => tiles[0],
      End: () => tiles[tiles.length - 1],
      Enter: () => {
        if (opens(node)) view.zoomTo(node, { focusing: true });
        else byId('details').focus();
      },
      Escape: () => {
        if (view.zoom.above) view.zoomTo(view.zoom.above, { from: view.zoom, focusing: true });
      },
    };
    moves[' '] = moves.Enter;
    moves.Backspace = moves.Escape;
    if (!moves[event.key]) return;
    event.preventDefault();
    moves[event.key]()?.focus();
  });
}

function focusMap(view) {
  const field = byId('map');
  const found = field.querySelector(`.tile[data-id="${view.current?.id}"]`) ?? field.querySelector('.tile');
  found?.focus({ preventScroll: true });
}
