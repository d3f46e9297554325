"""A folder of definition files being read: what is in it, and every mistake found on the way."""

import tomllib
from decimal import Decimal
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import msgspec

from throughcare.definitions import toml_lines
from throughcare.definitions.entries import entry_mistakes
from throughcare.definitions.near import did_you_mean
from throughcare.definitions.shape import misfits, name_of
from throughcare.faults import Finding, WrongDefinition


class Reader:
    """Reads the files of one folder, keeps where everything stands, and gathers mistakes until `done`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lines: dict[str, dict[toml_lines.Path, int]] = {}
        self.findings: list[Finding] = []

    def say(self, file: str, path: toml_lines.Path, what: str, why: str = "", do: str = "") -> None:
        """Remember one mistake."""
        line = toml_lines.line_at(self.lines.get(file, {}), path)
        self.findings.append(Finding(shown(self.folder / file), line, what, why, do))

    def done(self) -> None:
        """Speak once, if there is anything to say."""
        if self.findings:
            raise WrongDefinition(sorted(self.findings, key=lambda f: (f.file, f.line)))

    def expect(self, required: tuple[str, ...], known: list[str]) -> None:
        """Every required file is there, and nothing else than the known ones."""
        if not self.folder.is_dir():
            raise WrongDefinition([Finding(shown(self.folder), 1, "there is no such folder.", do="Check the name.")])
        for name in required:
            if not (self.folder / name).is_file():
                self.say(name, (), "the file is missing.", "Every folder of this kind needs it.", f"Write {name}.")
        for path in sorted(p for p in self.folder.rglob("*") if p.is_file()):
            name = path.relative_to(self.folder).as_posix()
            hidden = any(part[0] in "._" for part in Path(name).parts)
            if not hidden and not any(_matches(name, pattern) for pattern in known):
                what = f"the file is not one that this folder may hold.{did_you_mean(name, known)}"
                why = "Nothing reads it, so what it says would be lost."
                self.say(name, (), what, why, f"Known: {', '.join(known)}.")

    def read(self, name: str) -> dict[str, Any] | None:
        """One TOML file as plain data; None when it is not there or cannot be read."""
        path = self.folder / name
        if not path.is_file():
            return None
        try:
            text = path.read_text("utf-8")
            data = tomllib.loads(text, parse_float=Decimal)
        except UnicodeDecodeError:
            self.say(name, (), "the file is not UTF-8 text.", do="Save it as UTF-8.")
        except tomllib.TOMLDecodeError as error:
            self._not_toml(name, str(error))
        else:
            self.lines[name] = toml_lines.lines_of(text)
            return data
        return None

    def toml(self, name: str, kind: Any, *, entries: bool = True) -> Any:
        """One TOML file as its type; None when absent or wrong. `entries` must say and cite."""
        data = self.read(name)
        return None if data is None else self.shaped(name, kind, data, entries=entries)

    def shaped(self, name: str, kind: Any, data: Any, path: toml_lines.Path = (), *, entries: bool = True) -> Any:
        """Data as its type, or its mistakes remembered."""
        found = misfits(kind, data)
        around = {path[0]: data} if path else data
        for m in found:
            self.say(name, (*path, *m.path), _with_name(name_of(around, (*path, *m.path)), m.what), do=m.do)
        for at, what, why, do in entry_mistakes(around) if entries else ():
            self.say(name, at, _with_name(name_of(around, at), what), why, do)
        return None if found else msgspec.convert(data, kind)

    def words(self, path: Path) -> dict[str, str]:
        """words/<language>.toml: [kind] tables of id = "phrase", flattened to "kind.id"."""
        name = path.relative_to(self.folder).as_posix()
        flat: dict[str, str] = {}
        for kind, entries in (self.read(name) or {}).items():
            for key, phrase in entries.items() if isinstance(entries, dict) else [("", entries)]:
                if isinstance(phrase, str) and phrase.strip():
                    flat[f"{kind}.{key}" if key else kind] = phrase
                else:
                    what = f"{kind}.{key} is not a phrase."
                    self.say(name, (kind, key), what, do='Write [kind] tables of id = "phrase".')
        return flat

    def _not_toml(self, name: str, error: str) -> None:
        line = int(error.rpartition("at line ")[2].split(",")[0]) if "at line " in error else 1
        why = "Text needs quotes, an inline table { } stands on one line, and a key may stand only once in its table."
        what = f"{name} cannot be read: this line is not TOML."
        do = "Correct the line, or the one before it."
        self.findings.append(Finding(shown(self.folder / name), line, what, why, do))


def shown(path: Path) -> str:
    """A path as the author would type it: from here if it is below here, else whole."""
    path = path.absolute()
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _matches(name: str, pattern: str) -> bool:
    return name.count("/") == pattern.count("/") and fnmatch(name, pattern)


def _with_name(name: str, what: str) -> str:
    return f"{name}: {what}" if name else what
