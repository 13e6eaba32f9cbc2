"""Strict reading of YAML facts into a typed model; it never runs code, guesses a type or skips an unknown key.

Scalars follow the YAML 1.2 core schema (https://yaml.org/spec/1.2.2/#103-core-schema): `no` is a word, `12:30` is a
word, and a date stays the letters that were written: the model alone decides what it is.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from crawler.errors import FactsError

PLAIN = "tag:yaml.org,2002:"
LARGEST = 256 << 10  # bytes of a file
FLOATS = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?")
MODEL_WORDS = {"extra_forbidden": "unknown key", "missing": "this key is missing"}


class Facts(BaseModel):
    """What every model of facts is: frozen, unknown keys refused. Rooms subclass it and import no pydantic."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Model = TypeVar("Model", bound=BaseModel)


class _CoreLoader(yaml.SafeLoader):
    """PyYAML's composer with the implicit types of YAML 1.2 and no aliases: facts are written out."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own class table

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse an alias where it stands."""
        if self.check_event(yaml.AliasEvent):
            mark: yaml.Mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # types-PyYAML leaves it bare
            raise yaml.composer.ComposerError(None, None, "aliases are not allowed in facts", mark)
        return super().compose_node(parent, index)


_CoreLoader.add_implicit_resolver(f"{PLAIN}bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
_CoreLoader.add_implicit_resolver(f"{PLAIN}null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
_CoreLoader.add_implicit_resolver(f"{PLAIN}int", re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789"))
_CoreLoader.add_implicit_resolver(f"{PLAIN}float", re.compile(rf"^{FLOATS.pattern}$"), list("-+.0123456789"))


class _Document:
    """One file while it is read: the line each key and item stands on."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[tuple[Hashable, ...], int] = {}

    def broken(self, line: int, what: str) -> FactsError:
        return FactsError(f"{self.name}:{line}: {what}")

    def line(self, path: tuple[Hashable, ...]) -> int:
        """The line of the nearest known place; steps that name no key (a union's member) are passed over."""
        here: tuple[Hashable, ...] = ()
        for step in path:
            if (*here, step) in self.lines:
                here = (*here, step)
        return self.lines.get(here, 1)

    def plain(self, node: yaml.Node, path: tuple[Hashable, ...]) -> object:
        """The value of a node, its lines noted."""
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode) and node.tag == f"{PLAIN}map":
            return dict(self._pairs(node, path))
        if isinstance(node, yaml.SequenceNode) and node.tag == f"{PLAIN}seq":
            return [self.plain(item, (*path, number)) for number, item in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        raise self.broken(node.start_mark.line + 1, f"tag {node.tag!r} is not allowed in facts")

    def _pairs(self, node: yaml.MappingNode, path: tuple[Hashable, ...]) -> Iterator[tuple[Hashable, object]]:
        seen: dict[Hashable, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise self.broken(line, "a key must be one word or number")
            key = self._scalar(key_node)
            if key in seen:
                raise self.broken(line, f"key {key!r} stands twice (first on line {seen[key]})")
            seen[key] = line
            self.lines[(*path, key)] = line
            yield key, self.plain(value_node, (*path, key))

    def _scalar(self, node: yaml.ScalarNode) -> str | int | float | bool | None:
        word: str = node.value
        match node.tag.removeprefix(PLAIN):
            case "str":
                return word
            case "null":
                return None
            case "bool":
                return word.lower() == "true"
            case "int" if word.lstrip("+-").isdecimal():
                return int(word)
            case "float" if FLOATS.fullmatch(word):
                return float(word)
        raise self.broken(node.start_mark.line + 1, f"{word!r} under tag {node.tag!r} is not allowed in facts")


def _read_text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FactsError(f"{path}:1: cannot be read: {error.strerror or error}") from None
    if len(content) > LARGEST:
        raise FactsError(f"{path}:1: larger than {LARGEST} bytes; facts are written by hand")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise FactsError(f"{path}:{line}: not UTF-8 (byte 0x{content[error.start]:02x})") from None


def _compose(text: str, name: str) -> yaml.Node | None:
    try:
        loader = _CoreLoader(text)  # its first look already refuses control characters
        try:
            node: yaml.Node | None = loader.get_single_node()
            return node
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise FactsError(f"{name}:{line}: {error.problem or error.context}") from None
    except RecursionError:
        raise FactsError(f"{name}:1: lists or maps lie too deep in each other") from None
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise FactsError(f"{name}:{line}: character U+{error.character:04X} is not allowed in YAML") from None


def _place(path: tuple[int | str, ...]) -> str:
    """`seeds[0].url`, as a person would point at it."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


_PASSWORD = re.compile(r"[^/\s'\"]+@")  # what stands before a host is not repeated into logs


def _said(error: Mapping[str, Any]) -> str:
    place, words = _place(error["loc"]), MODEL_WORDS.get(error["type"])
    if words is None:
        words = str(error["msg"]).removeprefix("Value error, ")
        if isinstance(error["input"], str | int | float):
            words += f" (found {_PASSWORD.sub('…@', repr(error['input']))})"
    return f"{place}: {words}" if place else words


def parse(text: str, model: type[Model], name: str) -> Model:
    """Facts from a string; `name` stands for the file in errors.

    Raises:
        FactsError: "name:line: what is wrong" for broken syntax, a key that stands twice or is unknown, or a bad value.
    """
    document = _Document(name)
    node = _compose(text, name)
    found = {} if node is None else document.plain(node, ())
    try:
        return model.model_validate(found)
    except ValidationError as error:
        problems = [(document.line(problem["loc"]), _said(problem)) for problem in error.errors(include_url=False)]
        line, first = min(problems)
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise document.broken(line, first + more) from None


def load(path: Path, model: type[Model]) -> Model:
    """Facts of one file.

    Raises:
        FactsError: "file:line: what is wrong"; see `parse`. A file that cannot be opened is told the same way.
    """
    return parse(_read_text(path), model, str(path))


def load_all(folder: Path, model: type[Model]) -> dict[str, Model]:
    """Facts of every `*.yml` of a folder, by the file's stem, sorted; other files are left alone.

    Raises:
        FactsError: the folder is not there, or one file is broken; the message names which and where.
    """
    if not folder.is_dir():
        raise FactsError(f"{folder}:1: no such folder of facts")
    return {path.stem: load(path, model) for path in sorted(folder.glob("*.yml"))}
