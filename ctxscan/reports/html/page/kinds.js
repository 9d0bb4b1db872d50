// What sort of file something is, by its directory or by how its name ends.

const KINDS = {
  dependencies: { name: 'Dependencies' },
  history: { name: 'Version control' },
  code: { name: 'Code' },
  config: { name: 'Configuration' },
  docs: { name: 'Documents' },
  media: { name: 'Pictures, fonts, media' },
  data: { name: 'Data, logs, databases' },
  packed: { name: 'Archives, packages' },
  binary: { name: 'Compiled' },
  other: { name: 'Other' },
};

const KIND_OF_DIRECTORY = new Map([
  ...['node_modules', 'bower_components', 'site-packages', '.venv', 'venv', 'vendor', 'Pods', '.yarn', '.pnpm-store'].map(
    (name) => [name, 'dependencies'],
  ),
  ...['.git', '.hg', '.svn', '.jj'].map((name) => [name, 'history']),
]);

const ENDINGS = {
  code:
    'js mjs cjs jsx ts mts cts tsx vue svelte py pyx pyi rb go rs java kt kts scala clj cljs c h cc cpp cxx hpp cs fs vb ' +
    'php pl pm lua r jl swift m mm dart ex exs erl hrl hs ml mli elm sh bash zsh fish ps1 bat cmd sql css scss sass less ' +
    'html htm ejs hbs erb tmpl graphql proto',
  config:
    'json jsonc json5 yaml yml toml ini cfg conf config properties env xml plist lock gradle cmake mk tf tfvars hcl nix ' +
    'editorconfig gitignore dockerignore npmrc',
  docs: 'md mdx rst adoc txt tex pdf doc docx odt ppt pptx xls xlsx epub',
  media: 'png jpg jpeg gif webp avif ico svg bmp tiff psd mp3 mp4 m4a wav ogg flac mov avi mkv webm woff woff2 ttf otf eot',
  data: 'csv tsv parquet avro feather npy npz pkl h5 hdf5 db sqlite sqlite3 mdb log dump bak rdb onnx pt pth bin safetensors gguf',
  packed: 'zip tar gz tgz bz2 xz zst 7z rar jar war ear whl egg nupkg gem deb rpm apk dmg iso img pack idx',
  binary: 'so dylib dll exe o a lib obj class pyc pyo wasm node rlib rmeta map',
};
const KIND_OF_ENDING = new Map(
  Object.entries(ENDINGS).flatMap(([kind, ends]) => ends.split(' ').map((end) => [end, kind])),
);
const KIND_OF_NAME = new Map([
  ...['dockerfile', 'containerfile', 'makefile', 'jenkinsfile', 'procfile', 'gemfile', 'rakefile'].map((name) => [
    name,
    'config',
  ]),
  ...['readme', 'license', 'licence', 'changelog', 'notice', 'authors', 'copying'].map((name) => [name, 'docs']),
]);

// What everything below a directory is, by its path; null: its files tell for themselves.
function kindOfDirectory(path) {
  for (const name of path.split('/')) {
    const found = KIND_OF_DIRECTORY.get(name);
    if (found) return found;
  }
  return null;
}

function kindOfName(name) {
  const low = name.toLowerCase();
  return KIND_OF_NAME.get(low) ?? KIND_OF_ENDING.get(low.slice(low.lastIndexOf('.') + 1)) ?? 'other';
}

// The kind of most of what is in a node.
function mainKind(node) {
  const sums = Object.entries(node.kinds);
  return sums.length ? sums.reduce((one, other) => (other[1] > one[1] ? other : one))[0] : 'other';
}
