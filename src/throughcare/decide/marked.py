"""Marked: beside each code of a view's rows, the value sets it is in, looked up once per different code."""

from collections import defaultdict

import pyarrow as pa
import pyarrow.compute as pc

from throughcare.definitions.compiled import codes
from throughcare.definitions.compiled.marks import BITS, Coded, Marks, named, width
from throughcare.definitions.grammar import ValueSet

APART = "\x1f"
KNOWN_MAX = 200_000  # codes whose marks are remembered, per column


class Marker:
    """Gives the tables of a plan's views the columns of marks that its statements read."""

    def __init__(self, marks: Marks) -> None:
        self._of = {view: [_Column(c, sets) for c, sets in asked.items()] for view, asked in marks.of.items()}

    def marked(self, view: str, table: pa.Table) -> pa.Table:
        """The table with a column for each 62 value sets; unknown where the code or its system is."""
        for column in self._of.get(view, ()):
            for name, values in column.marks(table):
                table = table.append_column(name, values)
        return table


class _Column:
    """The marks of one code column of one view."""

    def __init__(self, coded: Coded, value_sets: list[ValueSet]) -> None:
        self.coded, self.width = coded, width(value_sets)
        with_system = bool(coded.system)
        self._in = _Listed([(s.codes, 1 << nth) for nth, s in enumerate(value_sets)], with_system)
        self._out = _Listed([(s.excludes, 1 << nth) for nth, s in enumerate(value_sets)], with_system)
        self._known: dict[str, int] = {}

    def marks(self, table: pa.Table) -> list[tuple[str, pa.Array]]:
        told = table[self.coded.code].combine_chunks()
        if self.coded.system:
            told = pc.binary_join_element_wise(table[self.coded.system].combine_chunks(), told, APART)
        different = told.dictionary_encode()
        bits = [self._bits(text) for text in different.dictionary.to_pylist()]
        low = (1 << BITS) - 1
        parts = [pa.array([b >> BITS * nth & low for b in bits], pa.int64()) for nth in range(self.width)]
        return [(named(self.coded, nth), part.take(different.indices)) for nth, part in enumerate(parts)]

    def _bits(self, text: str) -> int:
        if text not in self._known:
            if len(self._known) >= KNOWN_MAX:
                self._known.clear()
            system, _, code = text.rpartition(APART) if self.coded.system else ("", "", text)
            key = codes.alias(system), code.upper()
            self._known[text] = self._in.bits(*key) & ~self._out.bits(*key)
        return self._known[text]


class _Listed:
    """The codes of many value sets: whole ones and beginnings, ICD codes without their dot."""

    def __init__(self, listed: list[tuple[dict[str, list[str]], int]], with_system: bool) -> None:
        self._whole: dict[tuple[bool, str, str], int] = defaultdict(int)
        self._begin: dict[tuple[bool, str, str], int] = defaultdict(int)
        for of_systems, bit in listed:
            for system, many in of_systems.items():
                alias = codes.alias(system)
                icd = alias.startswith("icd")
                for code in many:
                    stem = code.upper().removesuffix("*")
                    key = (icd, alias if with_system else "", stem.replace(".", "") if icd else stem)
                    (self._begin if code.endswith("*") else self._whole)[key] |= bit
        self._lengths = sorted({(icd, len(stem)) for icd, _, stem in self._begin})

    def bits(self, system: str, code: str) -> int:
        spelled = {False: code, True: _undotted(code)}
        found = 0
        for icd, plain in spelled.items():
            found |= self._whole.get((icd, system, plain), 0)
        for icd, length in self._lengths:
            found |= self._begin.get((icd, system, spelled[icd][:length]), 0)
        return found


def _undotted(code: str) -> str:
    return code[:3] + code[4:] if len(code) > 4 and code[3] == "." else code
