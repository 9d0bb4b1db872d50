"""Scripts that wait for the program of an image."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import projects

from ctxscan import scan
from ctxscan.findings import Finding
from ctxscan.opinions import review

SERVER = 'FROM debian:12\nCOPY start.sh /\nEXPOSE 80\nENTRYPOINT ["/start.sh"]\n'
SCRIPT = "#!/bin/sh\n{}\n"
JAVA = "java -jar /a.jar"


def told(root: Path, dockerfile: str, script: str, files: dict[str, str] | None = None) -> list[Finding]:
    projects.write(root, {"Dockerfile": dockerfile, "start.sh": script, **(files or {})})
    return [each for each in review(scan(root)).findings or () if each.code == "shell-form-command"]


@pytest.mark.parametrize(
    ("script", "line", "way"),
    [
        ("echo a\njava -jar /a.jar", 3, "exec java -jar /a.jar"),
        ("java \\\n  -Xmx1g \\\n  -jar /a.jar\n\n# and that is all", 2, "exec java -Xmx1g -jar /a.jar"),
        ('A=$(date)\nif true; then\n  echo "it\'s $A"\nfi\n./shop "$@" 2>&1', 6, 'exec ./shop "$@" 2>&1'),
        ("cd /srv && PORT=80 node a.js", 2, "PORT=80 exec node a.js"),
        ("A='b c' HOST=\"$HOST\"  node a.js", 2, "A='b c' HOST=\"$HOST\"  exec node a.js"),
        ("nginx -g 'daemon off;'", 2, "exec nginx -g 'daemon off;'"),
        ('RUN="java -cp $(ls /*.jar)"\n$RUN shop.core', 3, "exec $RUN shop.core"),
        ("cat <<EOF > /x\nwait\nEOF\n$HOME/bin/shop", 5, "exec $HOME/bin/shop"),
        (
            "php a migrate\nfrankenphp run --config /c\nexec \"$@\"\n\necho 'All done'",
            3,
            "exec frankenphp run --config /c",
        ),
        (
            "if [ $A ]; then\n  uvicorn a:app\nelif [ $B ]; then\n  if [ $C ]; then\n    echo c\n  fi\n  python server.py\nelse\n  exit 1\nfi",
            3,
            "exec uvicorn a:app, and exec before what begins on line 8",
        ),
        (
            "case $1 in\nweb)\n  gunicorn \\\n    a:app\n  ;;\nwork) celery worker ;;\n*) echo usage; exit 1 ;;\nesac",
            4,
            "exec gunicorn a:app, and exec before what begins on line 7",
        ),
        ("if [ $A ]; then\n  if [ $B ]; then\n    X=1 uvicorn a:app\n  fi\nfi", 4, "X=1 exec uvicorn a:app"),
        (
            'if [ -z "$C" ];\n  then\n    echo c;\n    java -jar /a.jar\n  else\n    java -DX=$C -jar /a.jar\nfi',
            5,
            "exec java -jar /a.jar, and exec before what begins on line 7",
        ),
        (
            'cd /srv\nif [ -z "$C" ]; then java -jar a.jar; else java -DX=1 -jar a.jar; fi',
            3,
            "exec java -jar a.jar, also in its other cases",
        ),
        (
            "case $1 in\na) java -jar a.jar ;;\n*) java -jar b.jar ;;\nesac",
            3,
            "exec java -jar a.jar, and exec before what begins on line 4",
        ),
    ],
)
def test_a_script_that_waits(script: str, line: int, way: str, tmp_path: Path) -> None:
    """It is reported where the program is started, with the line that it has to be."""
    (found,) = told(tmp_path, SERVER, SCRIPT.format(script))
    assert (found.severity, found.path, found.line, found.remedy) == ("warning", "start.sh", line, way)


@pytest.mark.parametrize(
    "script",
    [
        "exec java -jar /a.jar",
        'if [ "$1" ]; then exec "$@"; fi\njava -jar /a.jar',
        "trap 'kill 0' TERM\njava -jar /a.jar",
        "java -jar /a.jar &\nwait",
        "a & java -jar /a.jar",
        "java -jar /a.jar | tee /log",
        "while true; do\n  java -jar /a.jar\ndone",
        "main() {\n  java -jar /a.jar\n}\nmain",
        "function main {\n  java -jar /a.jar\n}\nmain",
        "java -jar /a.jar || echo failed",
        "$COMMAND",
        "COMMAND=java\nCOMMAND=tail\n$COMMAND -f /log",
        "COMMAND=$1\n$COMMAND",
        '"$@"',
        "su shop -c '\njava -jar /a.jar\n'",
        "su shop -c 'java -jar /a.jar'",
        "nginx",
        "service shop start\ntail -f /log",
        "cat <<EOF\njava -jar /a.jar\nEOF",
        'gunicorn -D a:app\nexec "$@"',
        'wait-for --port 5432\nexec "$@"',
        'java -jar /setup.jar\nexec "$@"',
        "if [ ! -f /made ]; then\n  java -jar /setup.jar\nfi",
        "if [ $A ]; then\n  uvicorn a:app\nfi\ncat /log",
        "if [ $A ]; then\n  uvicorn a:app --reload\nelse\n  exec gunicorn a:app\nfi",
        "if [ $A ]; then java -jar a.jar; else exec java -jar b.jar; fi",
        "if [ $A ]; then java -jar a.jar; elif [ $B ]; then java -jar b.jar; fi",
        "if [ $A ]; then java -jar a.jar; else ./shop; fi",
        "if [ $A ]; then java -jar a.jar; else echo 'java; or'; fi",
        "if [ $A ]; then\n  java -jar a.jar | tee /log\nelse\n  java -jar b.jar | tee /log\nfi",
        "for a in b; do\n  if [ $a ]; then\n    uvicorn a:app\n  fi\ndone",
        "case $1 in\nweb)\n  gunicorn a:app\n  rm /pid\n  ;;\nesac",
        "python manage.py migrate",
        ". /env.sh",
    ],
)
def test_a_script_that_does_more(script: str, tmp_path: Path) -> None:
    """Or of which that is not sure."""
    assert not told(tmp_path, SERVER, SCRIPT.format(script))


@pytest.mark.parametrize(
    ("dockerfile", "files", "speaks"),
    [
        ('ENTRYPOINT ["bash", "/start.sh"]\n', {}, True),
        ('ENTRYPOINT ["/bin/bash"]\nCMD ["/start.sh"]\n', {}, True),
        ('CMD ["/start.sh"]\n', {}, True),
        ('ENTRYPOINT ["/first.sh"]\nCMD ["/start.sh"]\n', {"first.sh": SCRIPT.format('exec "$@"')}, True),
        ('ENTRYPOINT ["/first.sh"]\n', {"first.sh": SCRIPT.format("exec /start.sh")}, True),
        ('ENTRYPOINT ["/first.sh"]\nCMD ["shop"]\n', {"first.sh": SCRIPT.format('exec "$@"')}, False),
        ('ENTRYPOINT ["tini", "--", "/start.sh"]\n', {}, False),
        ('ENTRYPOINT ["/start.sh"]\n', {"start.sh": f"#!/usr/bin/with-contenv bash\n{JAVA}\n"}, False),
        ('ENTRYPOINT ["/start.sh"]\n', {"start.sh": f"#!/usr/bin/env bash\n{JAVA}\n"}, True),
        ('RUN sed -i "s/java/exec java/" /start.sh\nENTRYPOINT ["/start.sh"]\n', {}, False),
        ('RUN chmod +x /start.sh && sed -i "s/\\r//" /start.sh\nENTRYPOINT ["/start.sh"]\n', {}, True),
        ('ENTRYPOINT ["/start.sh"]\n', {"compose.yaml": "services:\n  a:\n    build: .\n    init: true\n"}, False),
    ],
)
def test_who_is_process_1(dockerfile: str, files: dict[str, str], speaks: bool, tmp_path: Path) -> None:
    head = "FROM debian:12\nCOPY *.sh /\nEXPOSE 80\n"
    assert bool(told(tmp_path, head + dockerfile, SCRIPT.format(JAVA), files)) is speaks


@pytest.mark.parametrize(
    ("dockerfile", "speaks"),
    [
        (SERVER.replace("EXPOSE 80\n", ""), False),
        (SERVER.replace("EXPOSE 80", "HEALTHCHECK CMD true"), True),
        (SERVER.replace('ENTRYPOINT ["', 'CMD ["').replace("debian:12", "acme/base:1"), False),
        (SERVER.replace("debian:12", "debian:12 AS test"), False),
    ],
)
def test_what_goes_on(dockerfile: str, speaks: bool, tmp_path: Path) -> None:
    """An image of which nothing says that it serves may end by itself, and a base may start whatever it likes."""
    assert bool(told(tmp_path, dockerfile, SCRIPT.format(JAVA))) is speaks


@pytest.mark.parametrize(
    ("script", "speaks"),
    [
        ("gunicorn \\\n  --workers=2 \\\n  shop.wsgi", True),
        ("bundle exec puma -C config/puma.rb", True),
        ("python -m uvicorn shop:app", True),
        ("nginx -g 'daemon off;'", True),
        ("node dist/server.js", True),
        ("./shop --port 8000", True),
        ("exec gunicorn shop.wsgi", False),
        ("node dist/report.js", False),
        ("./shop report", False),
        ("redis-cli --port 6379 flushall", False),
        ("gunicorn shop.wsgi &\nwait", False),
    ],
)
def test_what_goes_on_by_itself(script: str, speaks: bool, tmp_path: Path) -> None:
    """A server is one without EXPOSE, too."""
    assert bool(told(tmp_path, SERVER.replace("EXPOSE 80\n", ""), SCRIPT.format(script))) is speaks
