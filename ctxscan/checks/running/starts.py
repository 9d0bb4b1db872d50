"""What the container starts: the ENTRYPOINT and CMD that count, their scripts, and whether any of it goes on."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from ...dockerfile import images
from ...dockerfile.shell import every_command, replaced
from ...dockerfile.stages import Step
from ...paths import join, within
from ...regex import lazy
from ..project.audience import directories_of
from ..project.clusters import is_kept_in_a_cluster
from ..project.composefiles import services_around
from ..project.earlier import around
from ..project.ordering import dockerfiles
from ..project.services import commands_of_services, is_not_root, is_offered, script_laid_over, words_of
from ..reading import Reading, base_image

if TYPE_CHECKING:
    from ...builds.documents import YamlNode

#: Programs that start as root to become somebody else.
DROPS: Final = lazy(
    r"\b(?:gosu|su-exec|setpriv|s6-setuidgid|s6-applyuidgid|s6-svscan|chpst|runuser|supervisord|setuidgid|suexec|"
    r"runit|runsvdir|tini-su|pm2-runtime\s+--uid|start-stop-daemon|setuid|setresuid|drop_privileges|"
    r"process\.set[ug]id|Process::(?:UID|Sys\.setuid)|posix_setuid|syscall\.Setuid|"
    r"(?:gunicorn|uwsgi|celery|unicorn|hypercorn|mysqld|capsh)\b[^;&|]*\s--(?:user|uid)[=\s]|"
    r"(?:gunicorn|hypercorn|memcached)\b[^;&|]*\s-u|chroot\s+--userspec|doas\s+-u|"
    r"su\s+(?:-\S*\s+)*(?:-[cs]|(?:[\"']?\$\([^()\n]*\)[\"']?|\S+)\s+-[cs])|sudo\s+(?:-\w+\s+)*-u|PUID)\b|\bexec\s+su\b|^/init\b"
)
#: Of these, one is in whatever that pattern fits.
_DROP_WORDS: Final = (
    *"su set Set --u s6- chpst runuser runit runsvdir pm2-runtime start-stop drop_ Process PUID /init".split(),
    " -u",
)
#: Programs that have to be root: they bind, schedule, or start workers as somebody else by themselves.
MUST_BE_ROOT: Final = frozenset(
    "nginx openresty apache2 apache2ctl apache2-foreground httpd httpd-foreground apachectl haproxy php-fpm cron crond "
    "supercronic sshd dockerd containerd buildkitd named dnsmasq unbound postfix dovecot exim slapd openvpn wg-quick "
    "keepalived tcpdump systemd init supervisord runsvdir s6-svscan smbd vsftpd pure-ftpd proftpd freeradius radiusd "
    "mysqld_safe frankenphp mosquitto squid varnishd rabbitmq-server clamd atd anacron xinetd dhcpd snmpd my_init "
    "angie swapon modprobe ntpd chronyd tor stunnel turnserver pdns_server nsd asterisk "
    "tailscaled zerotier-one rsyslogd".split()
)
#: Programs that a script calls, and that make packets or rules of the network themselves.
_NEEDS_RAW: Final = lazy(
    r"(?m)(?:^|[\s\"'`;&|(])(?:nmap|arp-scan|masscan|tcpdump|tshark|hping3|ip6?tables|nft|ebtables)[\s\"'](?!:)"
)
#: Programs that start all that a Procfile has.
_OF_A_PROCFILE: Final = frozenset("forego foreman honcho overmind hivemind goreman".split())
#: A web server that a script starts, and the program that the script becomes, or ends with.
_WEB_SERVER: Final = lazy(r"(?:exec\s+)?(?:/usr/sbin/)?(?:nginx|openresty)\b")
_SERVES: Final = (
    r"(?:\S*/)?(?:gunicorn|uvicorn|hypercorn|daphne|granian|java|node|bun|deno|python3?|puma|ruby|bundle|dotnet)\s"
)
_BECOMES: Final = lazy(rf"(?:^|&&\s*)(?:exec\s+)?{_SERVES}")
#: The same in the background, or a program of the directory where it starts.
_BESIDE: Final = lazy(rf"(?:{_SERVES}|\./[\w-]+\s)[^;|]*(?<!&)&$")
#: Of a command line tool: what it runs when it is told nothing.
TOLD_NOTHING: Final = frozenset(("--help", "-h", "help", "--version", "-v", "version"))
#: Words of a command of what goes on until it is stopped: what runs applications, what they do, and where they listen.
_GOES_ON: Final = lazy(
    r"node|nodejs|npm|npx|yarn|pnpm|bun|deno|pm2|pm2-runtime|python[\d.]*|pypy3?|gunicorn|uvicorn|hypercorn|daphne|granian|"
    r"uwsgi|waitress-serve|flask|streamlit|celery|uv|poetry|pipenv|ruby|bundle|rails|puma|unicorn|sidekiq|rackup|java|"
    r"dotnet|php|mix|iex|elixir|beam\.smp|litestream|"
    r"(?:.*[-_.])?(?:serve|server|start|run|daemon|daemonize|worker|web|webserver|listen|agent|gateway|proxy|bot|api|"
    r"exporter|operator|collector|broker)|"
    r"(?!(?:.*[-_.])?(?:(?:up|down)?load|(?:re)?build|send|find|read|add|seed|cmd)$).*d|"
    r"(?i:--?(?:p|port|host|bind|listen|addr|address|http|daemon|foreground|server|listen-address|web)(?:[-=.:].*)?)"
)
#: What one program does of several, and ends.
_JOBS: Final = frozenset(
    "analyze build check compile convert create deploy diff dump export fetch fmt format generate import index init "
    "install lint list migrate plan publish render report scan test transform upload validate verify".split()
)
#: An interpreter and what it runs, of which the second may be called like a job.
_FEW: Final = 2
#: What a command of a RUN is that becomes somebody for another one, and what writes a text.
_BECOME: Final = frozenset("gosu su-exec setpriv s6-setuidgid s6-applyuidgid chpst runuser setuidgid suexec su".split())
_WRITES: Final = frozenset("echo printf cat tee sed awk perl".split())
#: How scripts look for a program.
_FOUND: Final = lazy(r"\$\((?:which|command\s+-v|type\s+-p)\s+([\w./-]+)\)")
#: Words in the names of what does its work and ends, whatever runs it.
_WORK: Final = frozenset("batch job jobs cronjob cronjobs migration migrations backfill scrape scraper cli".split())
#: What waits for somebody to type.
_PROMPTS: Final = frozenset(
    "sh bash ash dash zsh fish node python python3 pypy pypy3 irb iex erl R julia ghci php perl psql pwsh jshell deno "
    "bun lua luajit racket sbcl guile scala clojure lein rebar3 gleam groovysh swift ocaml utop nim".split()
)
#: Those of them that only move files about: what such an image makes goes to a volume, and it ends.
_HANDS_OUT: Final = frozenset("echo printf cat ls true mkdir cp mv rm ln touch chmod chown tar rsync sleep".split())
#: What keeps a container there of which others want the files.
_WAITING: Final = ("tail", "-f", "/dev/null")
#: How such a line ends, that has only something to say.
_ENDS: Final = frozenset("exit false".split())
#: A line of a script that runs another one by its path.
_CALLED: Final = lazy(r"\s*((?:\.{1,2})?/[\w./-]+\.(?:sh|bash))(?=[\s;&|]|$)")
#: Scripts that are followed from one to the next, and interpreters that run them.
_MOST_SCRIPTS: Final = 8
_INTERPRETERS: Final = frozenset(
    "sh bash ash dash python python3 ruby perl node php tini dumb-init -- -g -e -c exec".split()
)


def must_be_root(program: str) -> bool:
    """Whether a program is one of these, also by a path, and of whichever version."""
    name = posixpath.basename(program.strip("\"'"))
    return name in MUST_BE_ROOT or name.startswith("php-fpm")


def starting_steps(reading: Reading) -> list[Step]:
    """The ENTRYPOINT and CMD that count, in the order in which they are run."""
    found = (reading.last(keyword) for keyword in ("ENTRYPOINT", "CMD"))
    return [step for step in found if step is not None and any(step.words)]


def _line(step: Step) -> str:
    """What an instruction gives to a shell; empty: nothing."""
    if not step.instruction.json:
        return " ".join(step.words)
    return step.words[2] if len(step.words) > 2 and re.fullmatch(r"-\w*c", step.words[1]) else ""


def hands_out(start: list[Step]) -> bool:
    """Whether all that is run moves files about and ends: nobody talks to it, and it writes to volumes of others."""
    words = [word for step in start for word in step.words]
    text = words[-1] if words[1:2] == ["-c"] else " ".join(words)
    if posixpath.basename((text.split() or [""])[0]) not in _HANDS_OUT:
        return False
    allowed = _HANDS_OUT | _ENDS
    return all(posixpath.basename(each[0]) in allowed or each == _WAITING for each in every_command(text))


def is_tool(reading: Reading, start: list[Step]) -> bool:
    """Whether the image is a command-line tool: it shows its help unless told more, or is one program and no server."""
    # A plain line is one word here, and many for its shell.
    ordered = sorted(start, key=lambda step: step.keyword == "CMD")
    words = [
        word for step in ordered for word in (step.words if step.instruction.json else " ".join(step.words).split())
    ]
    if words[-1] in TOLD_NOTHING:
        return True
    bare = reading.chain[0].origin.kind == "scratch" or not any(reading.commands(step) for step in reading.shipped)
    serves = any(reading.last(keyword) for keyword in ("EXPOSE", "VOLUME", "HEALTHCHECK")) or _is_called_a_server(
        reading, words[0]
    )
    # A server is called by its path, and a tool by its name, as its users do.
    called = ordered[0].keyword == "ENTRYPOINT" or "/" not in words[0]
    named = ordered[0].keyword == "ENTRYPOINT" and "/" not in words[0] and ordered[0].instruction.json
    one = len(words) == 1 and ((bare and called) or named)
    job = ordered[0].keyword == "ENTRYPOINT" and len(words) == 2 and words[1] in _JOBS
    return (one or job) and not serves and not _serves_as_somebody(reading, words[:1])


def _serves_as_somebody(reading: Reading, started: Sequence[str]) -> bool:
    programs = {posixpath.basename(each) for each in started} - _INTERPRETERS - _PROMPTS
    if not programs:
        return False
    from ..project.needing import serves_as_somebody  # only where nothing else says that a program serves

    return serves_as_somebody(reading, programs)


#: Names of what serves others until it is stopped.
_SERVER: Final = lazy(r"(?:.*[-_.])?(?:server|daemon|relay|gateway|exporter|collector|broker)")


def _is_called_a_server(reading: Reading, program: str) -> bool:
    """Whether the program, or the directory of its Dockerfile, is called like a server."""
    own = posixpath.dirname(join(around(reading.tree)[-1][1], (reading.scan.build.label or "").replace("\\", "/")))
    return any(_SERVER.fullmatch(posixpath.basename(each)) for each in (program, own))


def stays(reading: Reading, start: list[Step], scripts: list[str]) -> bool:
    """Whether something says that what is started goes on and serves: a port, data of its own, a service, what runs
    applications, or the words of a command. A program of which nothing is said may be a tool, or end when its work is
    done."""
    if any(reading.last(keyword) for keyword in ("EXPOSE", "VOLUME", "HEALTHCHECK")) or is_offered(reading):
        return True
    if _is_called_a_server(reading, start[0].words[0]):
        return True
    words = [word for step in start for word in re.split(r"[\s;&|\"']+", " ".join(step.words))]
    said = [posixpath.basename(words[-1]), *directories_of(reading.scan.build), reading.plan.target.name]
    if not _WORK.isdisjoint(part for each in said for part in re.split(r"[^a-z]+", each.lower())):
        return False
    if len(words) > _FEW and said[0] in _JOBS - {"index"}:
        return False
    script, ending, _ = said[0].partition(".")
    if ending and script != "index" and script.replace("_", "-").partition("-")[0] in _JOBS:
        return False
    lines = [line.strip().removeprefix("exec ").split() for text in scripts for line in text.splitlines()]
    words += (programs := [line[0] for line in lines if line])
    if _serves_as_somebody(reading, [*start[0].words[:1], *programs]):
        return True
    words += [word for line in commands_of_services(reading) for word in line.split()]
    return any(_GOES_ON.fullmatch(posixpath.basename(word)) for word in words) or is_kept_in_a_cluster(reading)


def is_prompt(start: list[Step]) -> bool:
    """Whether the image is there to be built on, or to be used by hand: it starts a shell or an interpreter, and gives
    it nothing to run."""
    # An entry point before it prepares something, and starts what it is given.
    words = [word for word in start[-1].words if word not in ("-c", "-i", "-l")]
    return len(words) == 1 and " " not in words[0].strip() and posixpath.basename(words[0].strip()) in _PROMPTS


#: How a tool greets whoever starts it with nothing to do.
_GREETING: Final = lazy(
    r"\bhttps?://\S*\bwelcome\b|(?:\beval|\s-[ecpr])\s+[\"']*(?:console\.log|print|puts|echo|cat)\b[^;&|]*$"
)


_GREETS: Final = ("welcome", "console.log", "print", "puts", "echo", "cat")


def greets(start: list[Step]) -> bool:
    """Whether all that is started says something, and ends: the image is there for what others start in it."""
    text = " ".join(word for step in start for word in step.words)
    return any(word in text for word in _GREETS) and _GREETING.search(text) is not None


def _is_optional(text: str, line: str, path: str) -> bool:
    """Whether a line takes in settings of somebody's own, if there are any: the script looks for them first."""
    if not re.match(r"\s*(?:\.|source)\s", line):
        return False
    return re.search(rf"-[efrs]\s+[\"']?{re.escape(path)}[\"']?\s", text) is not None


#: The end of a script that becomes the command, and a command before it that runs as somebody else.
_BECOMES_COMMAND: Final = lazy(r"(?:\A|\n)[ \t]*exec[ \t]+\"?\$(?:@|\{@\})\"?\s*\Z")
_HELPER: Final = lazy(
    r"(?m)^[ \t]*(?:gosu|su-exec|setpriv|s6-setuidgid|chpst|runuser|su|sudo|doas)[ \t]"
    r"(?:(?!\$(?:[@*0]|\{[@*0]))[^\n])*$"
)


def _without_helpers(text: str) -> str:
    """A script that ends as the command with the rights that it has, without what runs as somebody else before."""
    return _HELPER.sub("", text) if "exec" in text and _BECOMES_COMMAND.search(text) is not None else text


def _last_line(script: str) -> str:
    """The last line of a script that does something; of an `if` at its end, where a web server has been started above
    that."""
    lines = [line.strip() for line in script.splitlines() if line.strip()]
    if lines[-1:] != ["fi"]:
        return lines[-1] if lines else ""
    first = next((at for at, line in reversed([*enumerate(lines)]) if line.startswith("if ")), 0)
    last = next((line for line in reversed(lines) if line != "fi"), "")
    return last if any(_WEB_SERVER.match(line) for line in lines[:first]) else ""


class StartScripts:
    """The scripts that a command starts, and those that they start; `lines` are commands of services instead, which may
    start what they lay over the image. `unread`: one of them is not in the context. `elsewhere`: the programs
    of the base that they become."""

    def __init__(self, reading: Reading, start: list[Step], lines: Sequence[str] = ()) -> None:
        self.reading = reading
        self.texts = [*(" ".join(step.words) for step in start), *lines]
        self._laid = bool(lines)
        # A RUN that becomes somebody, or brings what does, says nothing of the start; what it writes may be a script.
        called = [each for each in reading.all_commands(reading.shipped) if each.name not in _BECOME]
        self.texts += [each.text for each in called if each.name in _WRITES]
        self._installed = [each.text for each in called if each.name not in _WRITES]
        self.followed: dict[str, str] = {}
        self.shell: list[str] = []
        self.read: list[str] = []
        self.unread = False
        self.elsewhere: list[str] = []
        self._lines = [*map(_line, start), *lines]
        self._seen: set[str] = set()
        for step in start:
            for word in self._programs(replaced(" ".join(step.words), dict(step.environment))):
                self._follow(word)
                if posixpath.basename(word) in _OF_A_PROCFILE:
                    self._follow_processes()
        for line in lines:
            for word in self._programs(line):
                self._follow(word)

    def drop_rights(self) -> bool:
        """Whether something says so. What is installed for that is used by a script that nobody sees, or not at all."""
        texts = [*map(_without_helpers, self.texts), *(self._installed if self.unread else ())]
        return any(DROPS.search(text) for text in texts if any(word in text for word in _DROP_WORDS))

    def serve_as_root(self) -> bool:
        """Whether a script ends up in a program that has to be root, or calls one."""
        if any(_NEEDS_RAW.search(text) for text in self.read):
            return True
        lines = [_FOUND.sub(r"\1", line.strip()) for text in self.followed.values() for line in text.splitlines()]
        if self.beside is not None:
            lines = [line for line in lines if not _WEB_SERVER.match(line)]
        words = [re.split(r"[\s;&|]+", line.removeprefix("exec ").removeprefix("set -- ").strip()) for line in lines]
        return any(must_be_root(each[0]) for each in words)

    @property
    def started(self) -> list[str]:
        """All that a shell runs before the program."""
        return [*self.shell, *filter(None, self._lines)]

    def become_the_base(self) -> bool:
        """Whether a script becomes a program of the base, which another Dockerfile of the project puts there: what that
        does is not seen here."""
        image = base_image(self.reading.chain[0])
        if not self.elsewhere or image is None or images.starts_as_root(image):
            return False
        own = self.reading.scan.build.parsed
        texts = [text for _, text in dockerfiles(around(self.reading.tree)[-1][0]) if own is None or text != own.text]
        return any(re.search(rf"\s{re.escape(each)}(?![\w./-])", text) for each in self.elsewhere for text in texts)

    def write_as_root(self) -> bool:
        """Whether what is started begins with what is for root alone, such as to write the files of the system."""
        from ...packages import writing  # only where a command runs as root

        settings = dict(self.reading.shipped[-1].environment)
        return any(writing.started(text, self.reading.workdir, settings).as_root for text in self.started)

    @property
    def beside(self) -> str | None:
        """The script that starts a web server and, at its end or in the background, a program that has no need of root,
        which then has the rights that only the web server wants."""
        texts = {path: text.rstrip() for path, text in self.followed.items()}
        if not any("nginx" in text or "resty" in text for text in texts.values()):
            return None
        lines = ((path, line.strip()) for path, text in texts.items() for line in text.splitlines() if "&" in line)
        ends = [path for path, text in texts.items() if _BECOMES.search(_last_line(text))]
        return next(iter([*ends, *(path for path, line in lines if _BESIDE.match(line))]), None)

    @staticmethod
    def _programs(line: str) -> list[str]:
        words = [word for word in re.split(r"[\s\"';&|]+", line) if word and word not in _INTERPRETERS]
        return words[:3]

    def _follow(self, word: str) -> None:
        laid = script_laid_over(self.reading, word) if self._laid and word.startswith("/") else ""
        if laid:
            if word not in self._seen and len(self._seen) <= _MOST_SCRIPTS:
                self._seen.add(word)
                self._take(word, laid)
            return
        path = self._place(word)
        if path is None:
            # A link may lead to what another stage has made.
            word = next((one for each in self._places(word) for one in self.reading.taken_from(each)), word)
        if path is None and word.startswith("/"):
            from ..project.needing import installed_script  # only where a program is not one of the context

            path = installed_script(self.reading, word)
        if path is None:
            first = posixpath.basename(word)
            image = base_image(self.reading.chain[0])
            if image is not None and images.brings_script(image, first):
                return
            made = next(filter(None, map(self.reading.made_at, self._places(word))), None)
            if made is not None and word not in self._seen:
                self._seen.add(word)
                self._take(word, made)
                return
            self.unread |= word.endswith((".sh", ".bash")) or ("entrypoint" in first and ":" not in first)
            return
        if path in self._seen or len(self._seen) > _MOST_SCRIPTS:
            return
        self._seen.add(path)
        self._take(path, self.reading.tree.text(path))

    def _take(self, path: str, text: str) -> None:
        """Read a script, and those that it starts."""
        plain = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
        self.texts.append(plain)
        self.read.append(plain)
        if text.startswith("#!") or path.endswith((".sh", ".bash")):
            self.followed[path] = plain
            first = text.partition("\n")[0]
            self.shell += [plain] if "sh" in first or not first.startswith("#!") else []
        if text.startswith("#!"):
            for line in text.splitlines():
                found = re.match(r"\s*(?:exec|\.|source|sh|bash)\s+[\"']?([\w./-]+)", line)
                if found is not None and not _is_optional(text, line, found[1]):
                    self._follow(found[1])
                    if line.split()[0] == "exec" and self._is_of_the_base(found[1]):
                        self.elsewhere.append(found[1])
                elif (called := _CALLED.match(line)) is not None and (self._laid or self._place(called[1]) is not None):
                    self._follow(called[1])

    def _is_of_the_base(self, path: str) -> bool:
        """Whether nothing in the steps of the image brings or names a program outside of the system's directories."""
        if not path.startswith("/") or path.startswith(("/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/")):
            return False
        targets = [step.target for step in self.reading.shipped if step.keyword == "COPY" and step.origin is not None]
        runs = (step.instruction.whole for step in self.reading.shipped if step.keyword == "RUN")
        return (
            self._place(path) is None
            and not any(within(path, each) for each in targets)
            and not any(posixpath.basename(path) in text for text in runs)
        )

    def _follow_processes(self) -> None:
        path = self.reading.file_of(posixpath.join(self.reading.workdir, "Procfile"))
        lines = self.reading.tree.text(path).splitlines() if path is not None else []
        self.followed["Procfile"] = "\n".join(line.partition(":")[2] for line in lines)

    def _place(self, word: str) -> str | None:
        """The file of the context that is started as `word`, by its path or through the search path."""
        return next(filter(None, map(self.reading.file_of, self._places(word))), None)

    @staticmethod
    def _places(word: str) -> list[str]:
        searched = () if "/" in word else ("/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin")
        return [word, *(f"{above}/{word}" for above in searched)]


def services_give_up_root(reading: Reading) -> bool:
    """Whether each service that builds the image has another user, or a command that gives up root or has to be it."""
    found = list(services_around(reading))
    return bool(found) and all(is_not_root(each) or _gives_up_root(reading, each) for each, _ in found)


def _gives_up_root(reading: Reading, service: YamlNode) -> bool:
    line = " ".join(word for key in ("entrypoint", "command") for word in words_of(service.get(key)))
    scripts = StartScripts(reading, [], [line]) if line else None
    return scripts is not None and (
        any(map(must_be_root, line.split())) or scripts.drop_rights() or scripts.serve_as_root()
    )


def is_windows(reading: Reading) -> bool:
    base, platform = reading.chain[0].base, reading.plan.target.platform or ""
    # Many a library image has Windows behind the same name.
    shells = (step.words[0].lower() for step in reading.shipped if step.keyword == "SHELL" and step.words)
    return platform.startswith("windows") or images.is_windows(base) or any(each in _OF_WINDOWS for each in shells)


#: Shells that no other system has by these names.
_OF_WINDOWS: Final = ("powershell", "cmd")
