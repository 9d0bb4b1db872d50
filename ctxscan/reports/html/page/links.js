// The address says which build and which path is shown, so that it can be passed on, and Back goes back.

const addressOf = (at, node) => `#${at}/${(node?.path ?? '').split('/').map(encodeURIComponent).join('/')}`;

function addressed() {
  const found = /^#(\d+)\/(.*)$/.exec(location.hash);
  if (!found) return null;
  try {
    return { build: Number(found[1]), path: found[2].split('/').map(decodeURIComponent).join('/') };
  } catch {
    return null; // no address of this page
  }
}

// `new`: somewhere to come back to; else the same place, told more exactly.
function address(view, fresh) {
  if (view.following || !view.nodes) return;
  const hash = addressOf(view.at, view.current ?? view.zoom);
  if (hash !== location.hash) history[fresh ? 'pushState' : 'replaceState'](null, '', hash);
}
