"""Images that others go on from, or are tried with: whether their user is a warning."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import command, projects, repositories

from ctxscan import scan
from ctxscan.opinions import review

SHOP = 'FROM python:3.12\nRUN pip install shop\nEXPOSE 80\nCMD ["shop", "serve"]\n'
NAMED = {"pyproject.toml": '[project]\nname = "shop"\n'}


def severity(root: Path) -> str | None:
    told = review(scan(root)).findings or ()
    return next((each.severity for each in told if each.code == "root-user"), None)


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ({"extras/mail/Dockerfile": "FROM acme/shop:2\nRUN pip install mail\n"}, "warning"),
        ({"README.md": "```Dockerfile\nFROM acme/shop:2\n# more\nRUN apt-get update \\\n  && apt-get install -y x\n```\n"}, "note"),
        ({"docs/more.md": "    FROM acme/shop\n    RUN shop add plugin\n"}, "note"),
        ({"Dockerfile": f"{SHOP}# Your own:\n#   FROM acme/shop:latest\n#   RUN pip install more\n"}, "note"),
        ({"README.md": "```\nFROM acme/shop:2\nCOPY shop.toml /etc/\n```\n```\nRUN pip install x\n```\n"}, "warning"),
        ({"README.md": "```\nFROM acme/shop:2\nUSER root\nRUN pip install x\n```\n"}, "warning"),
        ({"extras/Dockerfile": "FROM acme/other:2\nRUN pip install mail\n"}, "warning"),
        ({"extras/Dockerfile": "FROM shop\nRUN echo hello\n"}, "warning"),
    ],
    ids=["elsewhere", "on a page", "in the manual", "in a comment", "nothing is installed", "as root", "another", "else"],
)  # fmt: skip
def test_what_others_go_on_from(tree: dict[str, str], expected: str, tmp_path: Path) -> None:
    """The project shows others how to install more in the image, for which they are root: a note."""
    repositories.make(tmp_path, [])
    projects.write(tmp_path, {"Dockerfile": SHOP, **NAMED, **tree})
    assert severity(tmp_path) == expected


def test_what_is_made_elsewhere_in_the_project(tmp_path: Path) -> None:
    """Others go on from the image of the project, and not from that of its part."""
    repositories.make(tmp_path, [])
    projects.write(
        tmp_path, {**NAMED, "README.md": "    FROM acme/shop\n    RUN pip install x\n", "mail/Dockerfile": SHOP}
    )
    assert severity(tmp_path / "mail") == "warning"


BUILT = "      - uses: docker/build-push-action@v6\n        with:\n          context: ./probe\n          load: true\n"
PUSHED = "      - uses: docker/build-push-action@v6\n        with:\n          context: .\n          push: true\n"


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (BUILT + PUSHED, "note"),
        (BUILT, "warning"),
        (PUSHED, "warning"),
        (BUILT + PUSHED + BUILT.replace("load", "push"), "warning"),
    ],
    ids=["it is tried with", "nothing is pushed", "nobody builds it", "it is pushed later"],
)
def test_what_another_image_is_tried_with(steps: str, expected: str, tmp_path: Path) -> None:
    """Workflows build it, keep it, and push another: a note."""
    repositories.make(tmp_path, [])
    projects.write(tmp_path, {".github/workflows/a.yml": f"jobs:\n  a:\n    steps:\n{steps}", "probe/Dockerfile": SHOP})
    assert severity(tmp_path / "probe") == expected


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("k8s/web.yaml", "kind: Deployment\nspec:\n  containers:\n    - image: acme/web:1\n", True),
        ("chart/values.yaml", "image:\n  repository: acme/web\n", True),
        ("k8s/web.yaml", "kind: Deployment\nspec:\n  containers:\n    - image: acme/other:1\n", False),
        ("README.md", "image: acme/web\n", False),
    ],
    ids=["a manifest", "a chart", "of another", "none"],
)
def test_ports_that_a_cluster_keeps_for_root(name: str, text: str, says: bool, tmp_path: Path) -> None:
    """Docker lets anybody open a port below 1024, and Kubernetes does not everywhere."""
    repositories.make(tmp_path, [])
    projects.write(tmp_path, {name: text, "web/Dockerfile": SHOP})
    told = review(scan(tmp_path / "web")).findings or ()
    (remedy,) = [each.remedy or "" for each in told if each.code == "root-user"]
    assert ("in Kubernetes a port above 1023 instead of 80" in remedy) is says


ON_A_PAGE = "# Kubernetes\n\n```yaml\n    apiVersion: apps/v1\n    kind: {}\n    spec:\n      - image: acme/{}\n```\n"


@pytest.mark.parametrize(
    ("kind", "image", "says"), [("Deployment", "shop", True), ("Service", "shop", False), ("Deployment", "db", False)]
)
def test_ports_of_what_a_page_has_a_cluster_run(kind: str, image: str, says: bool, tmp_path: Path) -> None:
    repositories.make(tmp_path, [])
    page = {"docs/install.md": ON_A_PAGE.format(kind, image), "go.mod": "module acme.org/shop/v2\n"}
    projects.write(tmp_path, {**page, "web/Dockerfile": SHOP})
    told = review(scan(tmp_path / "web")).findings or ()
    (remedy,) = [each.remedy or "" for each in told if each.code == "root-user"]
    assert ("in Kubernetes a port above 1023 instead of 80" in remedy) is says


@pytest.mark.parametrize(
    ("port", "push", "says"),
    [("80", "true", True), ("$P", "true", True), ("8080", "true", False), ("80", "false", False)],
)
def test_ports_of_what_others_run(port: str, push: str, says: bool, tmp_path: Path) -> None:
    """Who takes the image from a registry may run it without Docker; the default of an argument is a port."""
    repositories.make(tmp_path, [])
    step = f"      - uses: docker/build-push-action@v6\n        with:\n          file: web/Dockerfile\n          push: {push}\n"
    shop = SHOP.replace("EXPOSE 80", f"ARG P=80\nEXPOSE {port}")
    projects.write(tmp_path, {".github/workflows/a.yml": f"jobs:\n  a:\n    steps:\n{step}", "web/Dockerfile": shop})
    told = review(scan(tmp_path / "web")).findings or ()
    (remedy,) = [each.remedy or "" for each in told if each.code == "root-user"]
    assert ("outside Docker a port above 1023 instead of 80" in remedy) is says


def test_what_goes_on_from_the_image(tmp_path: Path) -> None:
    """Those of the project get root back, wherever they lie."""
    repositories.make(tmp_path, [])
    more = "ARG TAG=1\nFROM acme/shop:${TAG}\nRUN pip install mail\n"
    tree = {
        "extras/mail/Dockerfile": more,
        "extras/pay/Dockerfile": more,
        "extras/root/Dockerfile": more.replace("RUN", "USER root\nRUN"),
    }
    projects.write(tmp_path, {"Dockerfile": SHOP, **NAMED, **tree, "other/Dockerfile": more.replace("shop", "other")})
    (remedy,) = [each.remedy or "" for each in review(scan(tmp_path)).findings or () if each.code == "root-user"]
    places = "extras/mail/Dockerfile:2 and extras/pay/Dockerfile:2"
    assert remedy.endswith(f"USER root below FROM in {places}, which go on from this image")


BOTH = "services:\n  a:\n    build:\n      context: .\n      dockerfile: Run\n      tags: [acme/shop:run]\n  b:\n    build: .\n    image: %s\n"


@pytest.mark.parametrize(
    ("base", "own", "told"),
    [
        ("acme/shop:run", "acme/shop:${TAG:-1}", False),
        ("acme/shop:2", "acme/shop:${TAG:-1}", True),
        ("acme/shop:$TAG", "acme/shop:1", True),
        ("acme/shop:2", "acme/shop:1", False),
        ("acme/shop:1", "acme/shop:1", True),
        ("acme/shop", "acme/shop:latest", True),
        ("acme/shop:2", "postgres:16", True),
    ],
)  # fmt: skip
def test_what_goes_on_from_another_tag(base: str, own: str, told: bool, tmp_path: Path) -> None:
    """Where both tags are known they tell images of one name apart; with a variable the name has to do."""
    repositories.make(tmp_path, [])
    tree = {
        "Run": "FROM scratch\nCOPY a /\n",
        "compose.yaml": BOTH % own,
        "more/Dockerfile": f"FROM {base}\nRUN pip install mail\n",
    }
    projects.write(tmp_path, {"Dockerfile": SHOP, **NAMED, **tree, "a": "1"})
    (remedy,) = [each.remedy or "" for each in review(scan(tmp_path)).findings or () if each.code == "root-user"]
    assert ("USER root below FROM in more/Dockerfile:1" in remedy) is told


@pytest.mark.parametrize(
    ("written", "told"), [("python:${V}-slim", 0), ("python", 1)], ids=["by the caller", "by nobody"]
)
def test_a_tag_that_whoever_builds_completes_is_pinned(written: str, told: int, tmp_path: Path) -> None:
    """What a compose file leaves to the environment is unknown here, and no tag that is missing."""
    compose = "services:\n  shop:\n    build:\n      context: .\n      args:\n        V: ${SHOP_PYTHON}\n"
    projects.write(tmp_path, {"Dockerfile": f"ARG V\nFROM {written}\nUSER 1\nCMD serve\n", "compose.yaml": compose})
    (build,) = command.told("--all", cwd=tmp_path)
    assert len([each for each in build["findings"] if each["code"] == "unpinned-base"]) == told
