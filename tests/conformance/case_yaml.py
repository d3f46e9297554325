"""Reads the small part of YAML that the fhirpath.js cases are written in: block and flow collections, text, numbers."""

import re
from decimal import Decimal
from typing import Any

_KEY = re.compile(
    r"""(?:'((?:[^']|'')*)'|"((?:[^"\\]|\\.)*)"|([^\s'"\[{#>|&*!%@`-][^#]*?|-[^\s#][^#]*?))\s*:(?=\s|$)"""
)
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "f": "\f", "e": "\x1b"}


def read(text: str) -> Any:
    """The document as dictionaries, lists, text, numbers (Decimal when they have decimals), true, false and None."""
    return _Reader(text).block(0)


class _Reader:
    def __init__(self, text: str) -> None:
        self.lines, self.i = text.split("\n"), 0

    def peek(self) -> str | None:
        """The next line that says something."""
        while self.i < len(self.lines):
            line = self.lines[self.i]
            if line.strip() and not line.lstrip().startswith("#"):
                return line
            self.i += 1
        return None

    def block(self, least: int) -> Any:
        line = self.peek()
        if line is None or _indent(line) < least:
            return None
        at = _indent(line)
        if _is_item(line[at:]):
            return self.sequence(at)
        return self.mapping(at) if _KEY.match(line[at:]) else self.value(line[at:], at)

    def sequence(self, at: int) -> list:
        found = []
        while (line := self.peek()) is not None and _indent(line) == at and _is_item(line[at:]):
            rest = line[at + 1 :]
            if not rest.strip() or rest.lstrip().startswith("#"):
                self.i += 1
                found.append(self.block(at + 1))
            else:
                self.lines[self.i] = " " * (at + 1) + rest
                found.append(self.block(at + 1))
        return found

    def mapping(self, at: int) -> dict:
        found = {}
        while (line := self.peek()) is not None and _indent(line) == at and (match := _KEY.match(line[at:])):
            name = _quoted(match)
            rest = line[at + match.end() :]
            if not rest.strip() or rest.lstrip().startswith("#"):
                self.i += 1
                following = self.peek()
                same_level_list = following is not None and _indent(following) == at and _is_item(following[at:])
                found[name] = self.sequence(at) if same_level_list else self.block(at + 1)
            else:
                found[name] = self.value(rest.lstrip(), at)
        return found

    def value(self, first: str, at: int) -> Any:
        """A value that starts on this line and may go on below, deeper than `at`."""
        self.i += 1
        if first[0] in ">|":
            return self.folded(first[0], first[1:2], at)
        if first[0] in "'\"[{":
            return self.flow(first, at)
        words = [_without_comment(first)]
        while "#" not in first and self.deeper(at):
            words.append(self.lines[self.i].strip())
            self.i += 1
        return _plain(" ".join(words))

    def deeper(self, at: int) -> bool:
        line = self.lines[self.i] if self.i < len(self.lines) else ""
        return bool(line.strip()) and not line.lstrip().startswith("#") and _indent(line) > at

    def folded(self, style: str, chomp: str, at: int) -> str:
        rows = []
        while self.i < len(self.lines) and (not self.lines[self.i].strip() or _indent(self.lines[self.i]) > at):
            rows.append(self.lines[self.i])
            self.i += 1
        margin = min((_indent(row) for row in rows if row.strip()), default=0)
        text = "\n".join(row[margin:] for row in rows).rstrip("\n")
        if style == ">":
            text = re.sub(r"(?<!\n)\n(?![\n ])", " ", text)
        return text if chomp == "-" else text + "\n"

    def flow(self, first: str, at: int) -> Any:
        """Quoted text or a flow collection: read on until it closes."""
        text = first
        while True:
            try:
                return _Flow(text).whole()
            except IndexError:
                text += "\n" + self.lines[self.i].strip()
                self.i += 1


class _Flow:
    def __init__(self, text: str) -> None:
        self.text, self.i = text, 0

    def whole(self) -> Any:
        return self.one()

    def space(self) -> None:
        while self.text[self.i].isspace():
            self.i += 1

    def one(self) -> Any:
        self.space()
        start = self.text[self.i]
        if start in "'\"":
            return self.quoted(start)
        if start == "[":
            return self.many("]", self.one)
        if start == "{":
            return dict(self.many("}", self.pair))
        begin = self.i
        while self.text[self.i] not in ",]}\n" and not (self.text[self.i] == ":" and self.text[self.i + 1] in " ,]}"):
            self.i += 1
        return _plain(self.text[begin : self.i].strip())

    def pair(self) -> tuple[Any, Any]:
        name = self.one()
        self.space()
        self.i += self.text[self.i] == ":"
        return name, self.one()

    def many(self, end: str, one: Any) -> list:
        self.i += 1
        found = []
        while True:
            self.space()
            if self.text[self.i] == end:
                self.i += 1
                return found
            if self.text[self.i] == ",":
                self.i += 1
            else:
                found.append(one())

    def quoted(self, mark: str) -> str:
        self.i += 1
        found = ""
        while True:
            char = self.text[self.i]
            if char == mark and not (mark == "'" and self.text[self.i + 1 : self.i + 2] == "'"):
                self.i += 1
                return found
            if char == mark:
                self.i += 1
            elif char == "\\" and mark == '"':
                char = self.escape()
            elif char == "\n":
                char = " "
            found += char
            self.i += 1

    def escape(self) -> str:
        self.i += 1
        name = self.text[self.i]
        if name == "u":
            self.i += 4
            return chr(int(self.text[self.i - 3 : self.i + 1], 16))
        return _ESCAPES.get(name, name)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _is_item(text: str) -> bool:
    return text == "-" or text.startswith("- ")


def _quoted(match: re.Match[str]) -> str:
    single, double, plain = match.groups()
    if double is not None:
        return _Flow(f'"{double}"').quoted('"')
    return single.replace("''", "'") if single is not None else plain


def _without_comment(text: str) -> str:
    return re.split(r"\s#", text)[0].strip()


def _plain(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if _NUMBER.fullmatch(text):
        return Decimal(text) if "." in text else int(text)
    return text
