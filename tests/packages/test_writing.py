"""Where a program writes, as its sources say."""

from __future__ import annotations

import pytest

from ctxscan.packages.writing import is_aside, language_of, writes


@pytest.mark.parametrize(
    ("image", "text", "expected"),
    [
        ("node", "fs.mkdirSync('logs', { recursive: true })", (["/app/logs"], False)),
        ("node", "const dir = path.resolve('uploads')\nfs.writeFileSync(path.join(dir, name), data)", (["/app/uploads"], False)),
        ("node", "const dir = path.join(__dirname, '..', 'data')\nawait fs.mkdir(dir)", (["/app/data"], False)),
        ("node", "import multer from 'multer'\nexport default multer({ dest: './uploads/images' })", (["/app/uploads/images"], False)),
        ("node", "multer.diskStorage({ destination: (a, b, cb) => cb(null, 'uploads/') })", (["/app/uploads"], False)),
        ("node", "multer({ dest: target })", ([], False)),
        ("node", "fs.writeFileSync(target, data)", ([], True)),
        ("node", "fs.writeFileSync(path.join(os.tmpdir(), name), data)", ([], False)),
        ("node", "new Database('shop.db')", (["/app"], False)),
        ("node", "fs.readFileSync('a.json')", ([], False)),
        ("python", "os.makedirs('media/new', exist_ok=True)", (["/app/media/new"], False)),
        ("python", "Path('out').mkdir(exist_ok=True)", (["/app/out"], False)),
        ("python", "with open('/var/lib/shop/a.txt', 'w') as file:", (["/var/lib/shop"], False)),
        ("python", "open(os.path.join('cache', name), 'wb')", (["/app/cache"], False)),
        ("python", "open(name)\nopen(name, 'r')", ([], False)),
        ("python", "open(name, encoding='utf-8', mode='w')", ([], True)),
        ("python", "sqlite3.connect(path)", ([], True)),
        ("python", "import tempfile\nopen(name, 'w')", ([], False)),
        ("python", "'ENGINE': 'django.db.backends.sqlite3',", ([], True)),
        ("openjdk", '<property name="log.path" value="logs/shop" />', (["/app/logs/shop"], False)),
        ("openjdk", "<file>${DIR:-/var/log/shop}/a.log</file>", (["/var/log/shop"], False)),
        ("openjdk", "<file>${log.path}/a.log</file><pattern>%logger</pattern>", ([], False)),
        ("openjdk", '<property name="a" value="catalog" /><property name="b" value="login-service" />', ([], False)),
        ("openjdk", "<file>./logs/${NAME}.log</file>", (["/app/logs"], False)),
        ("openjdk", "<file>shop.log</file>", (["/app"], False)),
        ("openjdk", "logging.file.name=logs/a.log", (["/app/logs"], False)),
        ("openjdk", "logging:\n  level:\n    root: info\n  file:\n    path: /srv/logs\n", (["/srv/logs"], False)),
        ("openjdk", "logging:\n  config: classpath:logback.xml\n", ([], False)),
        ("", 'os.MkdirAll("data", 0o755)', (["/app/data"], False)),
        ("", 'os.OpenFile("a.log", os.O_APPEND|os.O_CREATE, 0o644)', (["/app"], False)),
        ("", 'os.OpenFile("a.log", os.O_RDONLY, 0)', ([], False)),
        ("", 'sql.Open("sqlite", path)', ([], True)),
    ],
)  # fmt: skip
def test_where_it_writes(image: str, text: str, expected: tuple[list[str], bool]) -> None:
    language = language_of(image, {"go"})
    assert language is not None
    assert writes(language, text, "/app/src/main.js", "/app") == expected


def test_a_program_that_is_compiled() -> None:
    """Rust is known by what compiles it, and what has no language is not read."""
    language = language_of("debian", {"apt-get", "cargo"})
    assert language is not None
    assert writes(language, "tracing_appender::rolling::daily(dir, name)", None, "/srv") == ([], True)
    assert language_of("debian", {"make"}) is None


@pytest.mark.parametrize(
    ("name", "aside"), [("a_test.go", True), ("vite.config.ts", True), ("scripts", True), ("test_a.py", True), ("contest.py", False), ("server.js", False)]
)  # fmt: skip
def test_what_is_no_part_of_the_program(name: str, aside: bool) -> None:
    assert is_aside(name) is aside
