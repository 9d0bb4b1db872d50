"""Programs that stop being root by a call of their own, in a file with which they start."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import projects

from ctxscan import scan
from ctxscan.opinions import review

RUBY = 'FROM ruby:3.4\nWORKDIR /app\nCOPY . .\nEXPOSE 80\nCMD ["bundle", "exec", "puma"]\n'
PYTHON = 'FROM python:3.12\nWORKDIR /app\nCOPY . .\nEXPOSE 80\nCMD ["gunicorn", "shop.wsgi:app"]\n'
NODE = 'FROM node:22\nWORKDIR /app\nCOPY . .\nEXPOSE 80\nCMD ["npm", "start"]\n'
UWSGI = 'FROM python:3.12\nWORKDIR /app\nCOPY . .\nEXPOSE 80\nCMD ["uwsgi", "--ini", "shop.ini"]\n'
START = '{"scripts": {"start": "node server.js"}}'


@pytest.mark.parametrize(
    ("dockerfile", "tree", "speaks"),
    [
        (RUBY, {"config/puma.rb": "require_relative 'rights'\n", "config/rights.rb": "Process::Sys.seteuid(2000)\n"}, False),
        (RUBY, {"config/boot.rb": "Process::UID.change_privilege(2000)\n"}, False),
        (RUBY, {"config/boot.rb": "# Process::UID.change_privilege(2000)\n"}, True),
        (RUBY, {"config/boot.rb": "return if Process.uid == 0\n"}, True),
        (RUBY, {"lib/tasks/run.rb": "Process::Sys.seteuid(2000)\n"}, True),
        (RUBY.replace('"puma"', '"puma", "--dir", "/srv"').replace("COPY . .", "COPY . /srv"), {"config/puma.rb": "Process.euid = 2000\n"}, False),
        (PYTHON, {"shop/wsgi.py": "from .rights import drop\ndrop()\n", "shop/rights.py": "import os\ndef drop():\n    os.setuid(2000)\n"}, False),
        (PYTHON, {"shop/wsgi.py": "import os\n", "shop/other.py": "os.setuid(2000)\n"}, True),
        (PYTHON, {"shop/wsgi.py": "", "gunicorn.conf.py": "import os\nos.setgid(7)\nos.setuid(7)\n"}, False),
        (UWSGI, {"shop.ini": "[uwsgi]\nmaster = true\nuid = 1\ngid = 1\n"}, False),
        (UWSGI, {"shop.ini": "[uwsgi]\nuid=www-data\n"}, False),
        (UWSGI, {"shop.ini": "[uwsgi]\nuid = root\n"}, True),
        (UWSGI, {"shop.ini": "[uwsgi]\n# uid = 1\n; uid = 1\nuidsize = 3\n"}, True),
        (UWSGI, {"shop.ini": "[server]\nuid = 1\n"}, True),
        (UWSGI, {"other.ini": "[uwsgi]\nuid = 1\n"}, True),
        (UWSGI.replace(".ini", ".yaml"), {"shop.yaml": "uwsgi:\n  uid: www-data\n"}, False),
        (NODE, {"package.json": START, "server.js": "const rights = require('./lib/rights')\n", "lib/rights.js": "process.setuid(7)\n"}, False),
        (NODE, {"package.json": START, "server.js": "launch({args: ['--disable-setuid-sandbox']})\n"}, True),
    ],
)  # fmt: skip
def test_a_program_that_becomes_somebody(dockerfile: str, tree: dict[str, str], speaks: bool, tmp_path: Path) -> None:
    """Only what it loads counts: nobody calls the rest when it starts."""
    projects.write(tmp_path, {"Dockerfile": dockerfile, "Gemfile": "", **tree})
    assert ("root-user" in {each.code for each in review(scan(tmp_path)).findings or ()}) is speaks
