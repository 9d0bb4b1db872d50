"""Where a program writes, as its sources say."""

from __future__ import annotations

import pytest

from ctxscan.packages.writing import (
    is_aside,
    keeps_a_schedule,
    language_of,
    private_keys,
    rewritten,
    started,
    writes,
    writes_file,
)

CLASS = "class Files {\n  private static readonly DIR = path.resolve(\n    '/srv/kept',\n  );\n"


@pytest.mark.parametrize(
    ("image", "text", "expected"),
    [
        ("node", "fs.mkdirSync('logs', { recursive: true })", (["/app/logs"], False)),
        ("node", "const dir = path.resolve('uploads')\nfs.writeFileSync(path.join(dir, name), data)", (["/app/uploads"], False)),
        ("node", "const dir = path.join(__dirname, '..', 'data')\nawait fs.mkdir(dir)", (["/app/data"], False)),
        ("node", "import multer from 'multer'\nexport default multer({ dest: './uploads/images' })", (["/app/uploads/images"], False)),
        ("node", "multer.diskStorage({ destination: (a, b, cb) => cb(null, 'uploads/') })", (["/app/uploads"], False)),
        ("node", "multer({ dest: target })", ([], False)),
        ("node", "multer.diskStorage({\n  destination: './public/sent/',\n})", (["/app/public/sent"], False)),
        ("node", "multer.diskStorage({ destination: function (a, b, cb) {\n  cb(null, 'sent')\n} })", (["/app/sent"], False)),
        ("node", "multer.diskStorage({ destination, filename })", ([], True)),
        ("node", "return { redirect: { destination: '/login' } }", ([], False)),
        ("node", "await req.files.a.mv(to)", ([], True)),
        ("node", "new Client({ authStrategy: new LocalAuth() })", ([], True)),
        ("python", "frame.to_csv(path)", ([], True)),
        ("python", "logger.add('logs/app.log')", (["/app/logs"], False)),
        ("python", "logger.add(sys.stderr)", ([], False)),
        ("python", "user.save()", ([], False)),
        ("node", "fs.writeFileSync(target, data)", ([], True)),
        ("node", "fs.writeFileSync(path.join(os.tmpdir(), name), data)", ([], False)),
        ("node", "new Database('shop.db')", (["/app"], False)),
        ("node", "fs.readFileSync('a.json')", ([], False)),
        ("node", 'DB_FILENAME: str({ default: "db/data" })', (["/app/db"], False)),
        ("node", "const path = process.env.DB_PATH || '/srv/kept/a.db'", (["/srv/kept"], False)),
        ("node", "const url = process.env.DB_HOST || 'a/b'", ([], False)),
        ("node", f"{CLASS}  save() {{ fs.mkdir(path.dirname(to)) }}\n}}\nconst to = path.resolve(Files.DIR, name)", (["/srv/kept"], False)),
        ("node", f"{CLASS}}}\nconst to = await find()\nconst to = path.join(Files.DIR, name)\nfs.mkdir(to)", (["/srv/kept"], False)),
        ("node", f"{CLASS}}}\nfs.mkdir(path.dirname(Files.OTHER))", ([], True)),
        ("node", "client: 'better-sqlite3'", ([], True)),
        ("python", "FILE = os.getenv('DATABASE_PATH', 'data/a.db')", (["/app/data"], False)),
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
        ("openjdk", 'new FileWriter("out/report.txt")', (["/app/out"], False)),
        ("openjdk", "Files.createDirectories(place);", ([], True)),
        ("dotnet/aspnet", 'Directory.CreateDirectory(Path.Combine("data", name));', (["/app/data"], False)),
        ("dotnet/aspnet", 'File.WriteAllText(path, text);', ([], True)),
        ("dotnet/aspnet", 'options.UseSqlite(settings.Place)', ([], True)),
        ("dotnet/aspnet", '"Shop": "Data Source=data/shop.db;Cache=Shared", "path": "logs/shop-.txt"', (["/app/data", "/app/logs"], False)),
        ("dotnet/aspnet", 'File.ReadAllText(path); new FileStream(path, FileMode.Open);', ([], False)),
        ("ruby", "FileUtils.mkdir_p 'tmp/pdfs'", (["/app/tmp/pdfs"], False)),
        ("ruby", "File.open('out.csv', 'w') { |each| each << row }", (["/app"], False)),
        ("ruby", "production:\n  adapter: sqlite3\n  database: storage/a.sqlite3\n", (["/app/storage"], False)),
        ("ruby", "File.open(name)\nFile.write(name, text)", ([], True)),
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
    assert language_of("debian", {"make"}, manifests={"Makefile", "go.mod"}) is language_of("debian", {"go"})
    assert language_of("ubuntu", set(), "python3.12") is language_of("python", set())


@pytest.mark.parametrize(
    ("text", "places", "as_root", "unknown"),
    [
        ('echo "$A" > /srv/a/env.js 2>/dev/null\nexec "$@"\n', ["/srv/a"], False, False),
        ("D=/data/x\nmkdir -p ${D} $KEPT\n", ["/data/x", "/kept"], False, False),
        ("export D=${D:-/data}\nln -s /a/b \"$D/$name\"\n", ["/data"], False, False),
        ("cp -vfR /conf/* config/\ncp a.yml /b/c.yml\ncp a.yml /c\n", ["/app/config", "/b", "/c"], False, False),
        ("rsync -a --ignore-existing /a/* /b\ninstall -m 0600 /dev/null /c/d\nmv -t /e f g\n", ["/b", "/c", "/e"], False, False),
        ("chmod -R 755 /media\nchmod +x /app/a.sh\ntouch /x/y\ncd /z && touch a\n", ["/media", "/app", "/x", "/z"], False, False),
        ("envsubst < a.template > /app/conf/a.conf\necho a | tee -a log/a.log >&2\n", ["/app/conf", "/app/log"], False, False),
        ("sed -i 's/a/b/' index.html\nsed -n 's/a/b/p' c.html\n", ["/app"], False, False),
        ("cat > /a/b <<EOF\nmkdir /c\nEOF\n# mkdir /d\n", ["/a"], False, False),
        ("echo a >> /etc/hosts\n", ["/etc"], True, False),
        ("if [ \"$A\" ]; then\n  echo a >> /etc/hosts\nfi\n", ["/etc"], False, False),
        ("trust() {\n  update-ca-certificates\n}\n", [], False, False),
        ("cp ca.crt /usr/local/share/ca-certificates/ && update-ca-certificates && exec a\n", ["/usr/local/share/ca-certificates"], True, False),
        ("update-ca-certificates || true\n[ -f a ] && chown a b\n", ["/app"], False, False),
        ("set_up() {\n  echo +cpu > /sys/fs/cgroup/a/cgroup.procs\n}\n", ["/sys/fs/cgroup/a"], True, False),
        ("mkdir -p /etc/shop\n", ["/etc/shop"], False, False),
        ('echo a > "$WHERE"\n', [], False, True),
        ("python manage.py collectstatic --noinput\n", [], False, True),
        ("for each in a b; do cp $each /x/; done\ncase $1 in\n  a) touch /y/z ;;\nesac\necho a > /dev/stderr\n", ["/x", "/y"], False, False),
        ("awk '\n{ print }\n' \"/kept/a\" > \"$KEPT/a.new\"\ntouch '/x/it'\"'\"'s'\n", ["/x"], False, True),
    ],
)  # fmt: skip
def test_what_a_script_writes(text: str, places: list[str], as_root: bool, unknown: bool) -> None:
    assert started(text, "/app", {"KEPT": "/kept"})[:3] == (places, as_root, unknown)


def test_where_a_script_ends() -> None:
    assert started("cd back\nif a; then\n  cd /tmp\nfi\nnode a.js\n", "/app", {}).cwd == "/app/back"


@pytest.mark.parametrize(
    ("name", "aside"), [("a_test.go", True), ("vite.config.ts", True), ("scripts", True), ("test_a.py", True), ("test-real.js", True), ("contest.py", False), ("server.js", False)]
)  # fmt: skip
def test_what_is_no_part_of_the_program(name: str, aside: bool) -> None:
    assert is_aside(name) is aside


KEPT = "SETTINGS = Path(told or '/srv/kept/a.json')\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (KEPT + "with open(SETTINGS, 'w') as file:\n", True),
        (KEPT + "SETTINGS.write_text(said)\n", True),
        ("open('/srv/kept/a.json', 'w')\n", True),
        (KEPT + "with open(SETTINGS) as file:\n", False),
        (KEPT + "with open(OTHER, 'w') as file:\n", False),
    ],
)
def test_a_file_that_is_written(text: str, expected: bool) -> None:
    """By its path, or by a variable with that."""
    language = language_of("python", ())
    assert language is not None
    assert writes_file(language, text, "/srv/kept/a.json") is expected


def test_files_that_are_changed_where_they_are() -> None:
    """By what puts settings into all that was built."""
    text = 'execSync(`npx import-meta-env -x a.env -e a.env -p "/site/**/*"`)\n'
    assert rewritten(text, "/app") == ["/site"]
    assert rewritten('execSync(`npx other -p "/site/**/*"`)\n', "/app") == []


@pytest.mark.parametrize(
    ("line", "keeps"),
    [
        ("celery -A shop beat --loglevel=info", True),
        ("celery -A shop worker -B -l info", True),
        ("celery -A shop beat -l info -s /tmp/kept", False),
        ("celery -A shop beat --schedule=/tmp/kept", False),
        ("celery -A shop beat --scheduler django_celery_beat.schedulers:DatabaseScheduler", False),
        ("celery -A shop worker -l info", False),
        ("celery -A beat.tasks worker && echo beat", False),
    ],
)
def test_what_starts_tasks_by_the_clock(line: str, keeps: bool) -> None:
    """It keeps when it last has, where it is not told otherwise."""
    assert keeps_a_schedule(line) is keeps


@pytest.mark.parametrize(
    ("command", "keys"),
    [
        ("openssl genrsa -out /srv/a.pem 2048", ["/srv/a.pem"]),
        ("openssl ecparam -name prime256v1 -genkey -noout -out a.pem", ["a.pem"]),
        ("openssl req -x509 -newkey rsa:2048 -nodes -keyout a.pem -out b.pem", ["a.pem"]),
        ("openssl req -new -x509 -key a.pem -out b.pem", []),
        ("openssl x509 -in a.pem -out b.pem", []),
        ("ssh-keygen -t ed25519 -f /srv/key -N ''", ["/srv/key"]),
        ("curl -f /srv/key", []),
    ],
)
def test_keys_that_a_command_makes(command: str, keys: list[str]) -> None:
    """A certificate is for everybody."""
    name, *arguments = command.split()
    assert private_keys(name, arguments) == keys
