// Secrets are small: on the map each has a pin that can be seen and hit, wherever it lies.

const PIN = 24; // pixels

function drawPins(view, spots) {
  const place = byId('pins');
  const { width, height } = byId('map').getBoundingClientRect();
  const inside = (value, most) => Math.max(0, Math.min(value - PIN / 2, most - PIN));
  const pins = [];
  for (const id of view.map.secret) {
    const node = view.nodes[id];
    const spot = spots.get(id);
    if (!spot || fate(node, view.when) !== 'secret' || view.hidden.has('secret')) continue;
    const x = inside((spot.x0 + spot.x1) / 2, width);
    const y = inside((spot.y0 + spot.y1) / 2, height);
    // What would lie on another pin shares it.
    const near = pins.find((each) => Math.abs(each.x - x) < PIN && Math.abs(each.y - y) < PIN);
    if (near) near.nodes.push(node);
    else pins.push({ x, y, nodes: [node] });
  }
  fill(
    place,
    pins.map(({ x, y, nodes }) => {
      const words = nodes.length === 1 ? `Secret: ${nodes[0].path}` : `${count(nodes.length)} secrets in ${common(nodes)}`;
      const made = el(
        'button',
        { type: 'button', class: 'pin', 'aria-label': words, title: words, on: { click: () => view.fly(nodes) } },
        nodes.length === 1 ? '!' : count(nodes.length),
      );
      Object.assign(made.style, { left: `${x}px`, top: `${y}px` });
      return made;
    }),
  );
}

function common(nodes) {
  const [first, ...others] = nodes.map((each) => upwards(each).slice(0, -1));
  const shared = first.filter((each) => others.every((path) => path.includes(each)));
  return `${shared[shared.length - 1]?.path || '.'}/`;
}
