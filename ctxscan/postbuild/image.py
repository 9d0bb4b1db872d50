"""An image held against the forecast: the five answers.

which files of the context are in it   was the forecast right   which secrets of the context were carried on
which secrets are its own              what in it is waste
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO, Final, NamedTuple

from ..archive.archive import Archive, read_archive
from ..archive.documents import Image
from ..archive.endings import UNPACKED
from ..errors import CtxscanError
from ..facts import Scan
from ..image.layers import Dir
from ..secrets.judgement import Judgement
from ..secrets.verdict import assignment, spoken
from .contents import ContextFile, ContextFiles, Ends
from .layer import Hidden, Layer, hidden, hidden_bytes
from .origins import Maker, makers, readable
from .values import Needles, Value, values
from .waste import WASTE

#: So many files of the end result are gone through to see what is overwritten.
MOST_FINAL: Final = 200_000
#: Of a file that lies in many places, this many are named.
MOST_PLACES: Final = 20


class Place(NamedTuple):
    """Where something is in the image: `layer` counts from 1, `path` has no slash at the start. `hidden`: what a later
    layer does to it; it can be read all the same."""

    path: str
    layer: int
    hidden: Hidden | None


class Located(NamedTuple):
    """A file of the context that is in the image, by its content: the first `places`, of `total`."""

    file: ContextFile
    places: tuple[Place, ...]
    total: int


class Forecast(NamedTuple):
    """What was foretold and what is so, in files. `missing` were foretold in the image and are not there; `excused`: a
    later instruction may have removed them, and only the result is there. `surprising` were foretold elsewhere and are
    in the image; of `alike` only the content is in it, and it has another origin. `possible` are the files that a
    command decided about, of which those in `arrived` are there. Of `skipped` files nothing is known: they are
    empty, or unpacked."""

    foretold: int
    there: int
    possible: tuple[str, ...]
    arrived: tuple[str, ...]
    missing: tuple[ContextFile, ...]
    surprising: tuple[Located, ...]
    alike: int
    skipped: int
    excused: bool = False


class Carried(NamedTuple):
    """A value of the context in a file of the image, or (`place` None) in its configuration: `where` says in what."""

    value: Value
    place: Place | None
    where: str


class OwnSecret(NamedTuple):
    """A secret in the image that is not from the context; `place` None: in the configuration."""

    judgement: Judgement
    place: Place | None
    where: str
    size: int


class LayerFacts(NamedTuple):
    """One layer: what made it, its files and bytes, how many of the bytes later layers hide, and what of it is waste.
    `directories` are the largest in it, two levels deep, with their bytes. `absent`: it is not in the archive."""

    number: int
    maker: Maker | None
    files: int
    bytes: int
    hidden_bytes: int
    waste: tuple[tuple[str, int], ...]
    directories: tuple[tuple[str, int], ...]
    absent: bool


class ImageFacts(NamedTuple):
    """One image. `flat`: it is a file system, and of layers and deleted files nothing is known. `squashed`: some layer
    was made by several instructions. `secret_files` are those of the located files that hold a secret."""

    names: tuple[str, ...]
    platform: str | None
    layers: tuple[LayerFacts, ...]
    located: tuple[Located, ...]
    forecast: Forecast
    carried: tuple[Carried, ...]
    own: tuple[OwnSecret, ...]
    flat: bool
    squashed: bool
    secret_files: tuple[Located, ...]

    def fitted(self, fit: Callable[[str], str]) -> ImageFacts:
        layers = []
        for each in self.layers:
            maker = each.maker and each.maker._replace(text=fit(each.maker.text))
            layers.append(each._replace(maker=maker))
        return self._replace(
            layers=tuple(layers),
            carried=tuple(each._replace(where=fit(each.where)) for each in self.carried),
            own=tuple(each._replace(where=fit(each.where)) for each in self.own),
        )

    @property
    def waste(self) -> tuple[tuple[str, int], ...]:
        """Bytes by kind, and those that later layers hide."""
        total = Counter[str]()
        for layer in self.layers:
            total.update(dict(layer.waste))
        total["deleted or overwritten by a later layer"] = sum(each.hidden_bytes for each in self.layers)
        return tuple((what, size) for what, size in total.items() if size)


class ImageScan(NamedTuple):
    """What came of reading an archive. `complete` is False where there was too much to look at all of it; `absent` are
    platforms that the archive names and does not hold."""

    place: str
    images: tuple[ImageFacts, ...]
    complete: bool
    absent: tuple[str, ...]

    def fitted(self, fit: Callable[[str], str]) -> ImageScan:
        """The same with every text that quotes the image made fit to be shown by `fit`."""
        return self._replace(images=tuple(each.fitted(fit) for each in self.images))


def scan_image(
    place: str,
    scan: Scan,
    suspects: Iterable[tuple[str | None, str]],
    ends: Ends,
    *,
    stdin: BinaryIO | None = None,
    engine: bool = True,
) -> ImageScan:
    """Read the archive at `place`, or from `stdin`, and hold it against `scan`.

    `suspects` are the files of the context that hold a secret, each as (context, path); `ends` tells how far a file was
    foretold to reach; `engine`: look for secrets of the image's own too. Raises `CtxscanError` for what is no archive,
    or a damaged one.
    """
    context = ContextFiles(scan, ends)
    secret = frozenset(suspects)
    needles = Needles(values(scan, sorted(secret, key=lambda each: (each[0] or "", each[1]))))
    layers: list[Layer] = []

    def begin() -> Layer:
        layers.append(Layer(context, needles, secret, engine=engine))
        return layers[-1]

    archive = read_archive(place, begin, stdin)
    if len(archive.images) > 1 and len({each.platform for each in archive.images}) < len(archive.images):
        names = [", ".join(each.names) or "without a name" for each in archive.images]
        raise CtxscanError(f"holds {len(names)} images: {'; '.join(names[:5])}: save the one to compare", place=place)
    found = tuple(
        _Comparison(each, archive, context, needles, scan, secret).facts() for each in archive.images or (None,)
    )
    complete = context.complete and all(each.complete for each in layers)
    return ImageScan(place, found, complete, archive.absent)


def _files(root: Dir) -> Iterator[str]:
    """The files of a context that are in a file system."""
    todo: list[Dir] = [root]
    while todo:
        for _, node in todo.pop().entries():
            if isinstance(node, Dir):
                todo.append(node)
            elif node.path is not None:
                yield node.path


class _Comparison:
    """One image of the archive, None: the file system that it is."""

    def __init__(
        self,
        image: Image | None,
        archive: Archive,
        context: ContextFiles,
        needles: Needles,
        scan: Scan,
        secret: frozenset[tuple[str | None, str]],
    ) -> None:
        self.image = image
        self.context = context
        self.needles = needles
        self.scan = scan
        self.secret = secret
        self.makers: Sequence[Maker] = () if image is None else makers(image, scan.plan)
        #: With their numbers; those that are not in the archive are left out.
        self.layers: list[tuple[int, Layer]] = []
        self.absent: list[int] = []
        if image is None and isinstance(archive.flat, Layer):
            self.layers = [(1, archive.flat)]
        for number, each in enumerate(image.layers if image else (), 1):
            visitor = archive.layers.get(each.blob)
            if isinstance(visitor, Layer):
                self.layers.append((number, visitor))
            else:
                self.absent.append(number)

    def facts(self) -> ImageFacts:
        layers = [each for _, each in self.layers]
        wanted = [(at, copy.path) for at, each in enumerate(layers) for copy in each.copies]
        wanted += [(at, path) for at, each in enumerate(layers) for path, _ in each.carried]
        wanted += [(at, found.path) for at, each in enumerate(layers) for found in each.found]
        self.hidden = hidden(layers, wanted)
        located = tuple(self._located())
        squashed = any(each.squashed for each in self.makers)
        return ImageFacts(
            names=self.image.names if self.image else (),
            platform=self.image.platform if self.image else None,
            layers=tuple(self._layers(layers)),
            located=located,
            forecast=self._forecast(located),
            carried=tuple(self._carried()),
            own=tuple(self._own()),
            flat=self.image is None,
            squashed=squashed,
            secret_files=tuple(each for each in located if (each.file.context, each.file.path) in self.secret),
        )

    def _maker(self, number: int) -> Maker | None:
        # Where the history tells of another number of layers, it tells nothing of any.
        known = self.image is not None and len(self.makers) == len(self.image.layers)
        return self.makers[number - 1] if known else None

    def _layers(self, layers: list[Layer]) -> Iterator[LayerFacts]:
        lost = hidden_bytes(layers)
        for at, (number, each) in enumerate(self.layers):
            waste = tuple((what, size) for what, size in each.waste.items() if size)
            yield LayerFacts(
                number, self._maker(number), each.files, each.bytes, lost[at], waste, each.largest, absent=False
            )
        for number in self.absent:
            yield LayerFacts(number, self._maker(number), 0, 0, 0, (), (), absent=True)

    def _place(self, at: int, path: str) -> Place:
        gone = self.hidden.get((at, path))
        number = self.layers[at][0]
        return Place(path, number, gone and Hidden(self.layers[gone.layer][0], gone.how))

    # --- the files of the context

    def _located(self) -> Iterator[Located]:
        places: dict[ContextFile, list[Place]] = {}
        for at, (_, layer) in enumerate(self.layers):
            for copy in layer.copies:
                for file in self.context.with_content(copy.size, copy.digest):
                    places.setdefault(file, []).append(self._place(at, copy.path))
        for file, found in sorted(places.items(), key=lambda item: (item[0].context or "", item[0].path)):
            yield Located(file, tuple(found[:MOST_PLACES]), len(found))

    def _forecast(self, located: Sequence[Located]) -> Forecast:
        by_file = {each.file: each for each in located}
        empty = {name for _, layer in self.layers for name in layer.empty}
        unpacked = self._unpacked()
        foretold = there = skipped = 0
        possible: list[str] = []
        arrived: list[str] = []
        missing: list[ContextFile] = []
        expected: set[tuple[int, bytes]] = set()
        others: list[Located] = []
        for file in self.context.all:
            found = file in by_file
            if file.reach not in ("image", "possible"):
                others += [by_file[file]] if found else []
                continue
            if found:
                expected.add(self._content(by_file[file]))
            if not found and (not file.size or not file.compared or file.name in unpacked):
                there_too = not file.size and file.path.rpartition("/")[2] in empty
                foretold, there, skipped = foretold + there_too, there + there_too, skipped + (not there_too)
            elif file.reach == "image":
                foretold, there = foretold + 1, there + found
                missing += [] if found else [file]
            else:
                possible.append(file.name)
                arrived += [file.name] if found else []
        surprising = [each for each in others if self._content(each) not in expected and self._is_of_context(each)]
        alike = len(others) - len(surprising)
        told = (foretold, there, tuple(possible), tuple(arrived), tuple(missing), tuple(surprising), alike, skipped)
        return Forecast(*told, excused=bool(missing) and self._excuses(missing))

    def _excuses(self, missing: Sequence[ContextFile]) -> bool:
        """Whether an image without the single layers may lack these files although they were copied."""
        plan, usage = self.scan.plan, self.scan.usage
        if self.image is not None and not any(each.squashed for each in self.makers):
            return False
        if plan is None or usage is None or any(step.keyword == "RUN" for each in plan.chain() for step in each.steps):
            return True
        # Without a command, only what a later COPY overwrites goes away.
        final = {name for name, _ in zip(_files(usage.files), range(MOST_FINAL), strict=False)}
        return not any(each.path in final for each in missing)

    def _content(self, located: Located) -> tuple[int, bytes]:
        return located.file.size, self.context.digest_of(located.file)

    def _is_of_context(self, located: Located) -> bool:
        """Whether a file that was not foretold cannot have come but from the context: it is in a layer that COPY or ADD
        made of the context itself. What a command or another stage brought has the same bytes for many reasons, such as
        a package that is installed here and there."""
        for place in located.places:
            maker = self._maker(place.layer)
            step = maker.step if maker else None
            if step is None or step.keyword not in ("COPY", "ADD"):
                continue
            if step.origin is None and all(each.kind == "path" for each in step.sources) and step.keyword == "COPY":
                return True
        return False

    def _unpacked(self) -> frozenset[str]:
        """The archives that ADD unpacks: their members are in the image, they are not."""
        steps = [step for stage in (self.scan.plan.stages if self.scan.plan else ()) for step in stage.steps]
        names = {source.text for step in steps if step.keyword == "ADD" for source in step.sources}
        if not names:
            return frozenset()
        return frozenset(each.name for each in self.context.all if each.path.lower().endswith(UNPACKED))

    # --- secrets

    def _carried(self) -> Iterator[Carried]:
        for at, (_, layer) in enumerate(self.layers):
            for path, value in layer.carried:
                yield Carried(value, self._place(at, path), path)
        for where, text in self._settings():
            data = text.encode(errors="surrogateescape")
            for value in dict.fromkeys(value for _, value in self.needles.search(data)):
                yield Carried(value, None, where)

    def _own(self) -> Iterator[OwnSecret]:
        for at, (_, layer) in enumerate(self.layers):
            for each in layer.found:
                place = self._place(at, each.path)
                yield from (OwnSecret(judgement, place, each.path, each.size) for judgement in each.judgements)
        known: set[str | bytes] = set()
        for name, value in self._environment():
            judgement = assignment(name, value, known=known)
            if judgement is not None and not any(self.needles.search(value.encode(errors="surrogateescape"))):
                yield OwnSecret(judgement, None, f"ENV {name}", 0)
        for where, text in self._settings():
            if any(self.needles.search(text.encode(errors="surrogateescape"))):
                continue
            yield from (OwnSecret(judgement, None, where, 0) for judgement in spoken(text, known=known))

    def _environment(self) -> Iterator[tuple[str, str]]:
        settings = self.image.settings.get("Env") if self.image else None
        for each in settings if isinstance(settings, list) else ():
            if isinstance(each, str):
                name, _, value = each.partition("=")
                yield name, value

    def _settings(self) -> Iterator[tuple[str, str]]:
        """Every text of the configuration, with what it is of."""
        if self.image is None:
            return
        for name, value in self._environment():
            yield f"ENV {name}", value
        for key in ("Cmd", "Entrypoint"):
            words = self.image.settings.get(key)
            if isinstance(words, list):
                yield key.upper(), " ".join(each for each in words if isinstance(each, str))
        labels = self.image.settings.get("Labels")
        for name, value in sorted(labels.items()) if isinstance(labels, dict) else ():
            if isinstance(value, str):
                yield f"LABEL {name}", value
        for each in self.image.history:
            yield f"the history: {readable(each.created_by)}", each.created_by


__all__ = ["WASTE", "ImageScan", "scan_image"]
