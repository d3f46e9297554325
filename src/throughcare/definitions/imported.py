"""Imported tables: files that a site brings along, such as a payer's fee schedule, in which a care model looks up."""

import csv
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from throughcare.definitions.expressions import NUMBERS, Mistake
from throughcare.definitions.grammar import Library, Table
from throughcare.definitions.near import did_you_mean

WIDE, DECIMAL = pa.decimal128(38, 18), pa.decimal128(18, 6)
Said = tuple[tuple[str, str], ...]  # columns with what each holds
BAD = (pa.ArrowInvalid, InvalidOperation)


class Imported:
    """One file: its columns as text, and each again as the type it is read as.

    A table that a site may do without says itself what its columns hold; while its file is `missing`, it has no row.
    """

    def __init__(self, name: str, path: Path, said: Said = (), *, missing: bool = False) -> None:
        self.name, self.path, self.missing, self._said = name, path, missing, dict(said)
        self.relation = f"table_{name}{_digest(said)}"
        self._text = pa.table({n: pa.array([], pa.string()) for n in self._said}) if missing else _read(path)
        self._made: dict[str, pa.ChunkedArray] = {}

    @property
    def columns(self) -> list[str]:
        return list(self._text.column_names)

    @property
    def table(self) -> pa.Table:
        """The columns that were asked for, each under its name and type."""
        return pa.table(self._made)

    def column(self, name: str, kind: str) -> str:
        """The name of a column read as a type; whole numbers and decimals are one."""
        kind = "decimal" if kind in NUMBERS else kind
        made = f"{name}:{kind}"
        if made not in self._made:
            self._made[made] = self._typed(name, kind)
        return made

    def kind(self, name: str) -> str:
        """What a column holds: numbers, days, or else text. Codes with noughts in front are no numbers."""
        if name in self._said:
            return self._said[name]
        values = pc.drop_null(self._column(name))
        coded = pc.any(pc.match_substring_regex(values, r"^0\d")).as_py()
        for kind in ("decimal", "date"):
            if len(values) and not (coded and kind == "decimal"):
                try:
                    self._typed(name, kind)
                    return kind
                except Mistake:
                    continue
        return "text"

    def one_each(self, columns: list[str]) -> None:
        """No two rows may agree in the columns by which they are looked up."""
        made = self.table.select(columns)
        if made.group_by(columns).aggregate([]).num_rows < made.num_rows:
            names = ", ".join(c.partition(":")[0] for c in columns)
            raise Mistake(f"{self.path.name} has two rows with the same {names}.", "One could not say which holds.")

    def _column(self, name: str) -> pa.ChunkedArray:
        if name not in self.columns:
            do = f"Its columns are: {', '.join(self.columns)}."
            raise Mistake(f'{self.path.name} has no column "{name}".{did_you_mean(name, self.columns)}', "", do)
        return pc.utf8_trim_whitespace(self._text.column(name))

    def _typed(self, name: str, kind: str) -> pa.ChunkedArray:
        text = self._column(name)
        try:
            if kind == "decimal":
                return pc.round(text.cast(WIDE), 6, round_mode="half_towards_infinity").cast(DECIMAL)
            return text.cast(pa.date32()) if kind == "date" else text
        except BAD:
            row, value = next((n, v) for n, v in enumerate(text.to_pylist(), 2) if not _is(v, kind))
            word = {"decimal": "number", "date": "day"}[kind]
            what = f'{self.path.name}, line {row}: {name} is "{value}", which is no {word}.'
            raise Mistake(what, do="Correct the file, or look it up by what it holds.") from None


def imported(library: Library, table: Table) -> Imported:
    """The file of a table: the site's own, or the one that ships with the care library."""
    name = table.import_ or ""
    places = [Path(library.tables_dir)] if library.tables_dir else []
    places += [Path(library.folder) / "tables"] if library.folder else []
    for place in places:
        path = place / f"{name}.csv"
        if path.is_file():
            return _kept(name, path, path.stat().st_mtime_ns, tuple(table.columns.items()))
    if table.columns:
        return _kept(name, Path(f"{name}.csv"), None, tuple(table.columns.items()))
    why = "The care model looks things up in it, and it is the site's to bring along."
    do = f"Put {name}.csv into the folder that the setting care_tables_dir names (THROUGHCARE_CARE_TABLES_DIR)."
    raise Mistake(f'the table "{table.id}" is imported from {name}.csv, which is not there.', why, do)


@lru_cache(maxsize=64)
def _kept(name: str, path: Path, changed_ns: int | None, said: Said) -> Imported:
    return Imported(name, path, said, missing=changed_ns is None)


def _digest(said: Said) -> str:
    """What tells one reading of a file from another: two care models may say different things of its columns."""
    return f"_{blake2b(repr(said).encode(), digest_size=5).hexdigest()}" if said else ""


def _read(path: Path) -> pa.Table:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file), [])
        options = arrow_csv.ConvertOptions(
            column_types={n: pa.string() for n in header}, strings_can_be_null=True, null_values=[""]
        )
        return arrow_csv.read_csv(path, convert_options=options)
    except (UnicodeDecodeError, pa.ArrowInvalid) as error:
        do = "Save it as UTF-8, one line per row, with the names of the columns in the first."
        raise Mistake(f"{path.name} is not a table with commas.", str(error).splitlines()[0], do) from None


def _is(value: Any, kind: str) -> bool:
    if value is None:
        return True
    try:
        return bool(pa.array([value]).cast(pa.date32())) if kind == "date" else Decimal(value).is_finite()
    except BAD:
        return False
