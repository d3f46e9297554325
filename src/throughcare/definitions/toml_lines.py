"""On which line of a TOML file each table and key stands, so that a mistake can be pointed at."""

import re
from collections.abc import Iterator

Path = tuple[str | int, ...]
Token = tuple[str, int]

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\''
    r"|#[^\n]*|\n|[\[\]{},=]|[^\s\[\]{},=#\"']+|[^\S\n]+",
    re.DOTALL,
)


def lines_of(text: str) -> dict[Path, int]:
    """Path of every table, key and element of a list -> line, for a text that is already known to be TOML."""
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    for tokens in _statements(text):
        line = tokens[0][1]
        if tokens[0][0] == "[":
            double = len(tokens) > 1 and tokens[1][0] == "["
            table = _header([t for t, _ in tokens if t not in "[]"], double, counts)
            found.setdefault(table, line)
        else:
            sign = next(i for i, (t, _) in enumerate(tokens) if t == "=")
            key = table + _names([t for t, _ in tokens[:sign]])
            found[key] = line
            found.update(_elements(key, tokens[sign + 1 :]))
    return found


def line_at(found: dict[Path, int], path: Path) -> int:
    """The line of a path, or of the nearest thing around it."""
    while path and path not in found:
        path = path[:-1]
    return found.get(path, 1)


def _statements(text: str) -> Iterator[list[Token]]:
    """A header or a "key = value", however many lines it takes."""
    line, depth = 1, 0
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text):
        token = match.group()
        if token == "\n" and depth == 0 and tokens:
            yield tokens
            tokens = []
        elif not token.isspace() and not token.startswith("#"):
            tokens.append((token, line))
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token, 0)
        line += token.count("\n")
    if tokens:
        yield tokens


def _header(tokens: list[str], double: bool, counts: dict[Path, int]) -> Path:
    """The path a header opens; inside a list of tables it belongs to the newest one."""
    path: Path = ()
    names = _names(tokens)
    for name in names[:-1]:
        path += (name,)
        if path in counts:
            path += (counts[path] - 1,)
    path += (names[-1],)
    if double:
        counts[path] = counts.get(path, 0) + 1
        path += (counts[path] - 1,)
    return path


def _names(tokens: list[str]) -> Path:
    names: list[str | int] = []
    for token in tokens:
        names += [token[1:-1]] if token[0] in "\"'" else [part for part in token.split(".") if part]
    return tuple(names)


def _elements(key: Path, value: list[Token]) -> dict[Path, int]:
    """Where each element of a list starts."""
    if not value or value[0][0] != "[":
        return {}
    found: dict[Path, int] = {}
    depth, nth, fresh = 0, 0, False
    for token, line in value:
        if depth == 1 and token == ",":
            nth, fresh = nth + 1, True
            continue
        if fresh and token != "]":
            found[(*key, nth)] = line
            fresh = False
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token, 0)
        fresh = fresh or (depth == 1 and token == "[" and not found)
    return found
