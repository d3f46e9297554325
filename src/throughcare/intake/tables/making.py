"""Making: a resource of a mapping as a function from rows to FHIR, bound to the columns of one header.

It is made once for a file; what it then does for a row is to look into cells. Where all columns an object asks are
blank, there is no such object, whatever constants it has: no telephone without its number.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from throughcare.fhir.path.model import model
from throughcare.intake.shapes import Resource, resource_id
from throughcare.intake.tables.grammar import CELL, Made, Mapping
from throughcare.intake.tables.read import Row
from throughcare.intake.tables.values import BadCell, reader

Told = list[Row]  # rows that are one piece; most often one
Value = Callable[[Told], Any]  # None: nothing is said


@dataclass(frozen=True, slots=True)
class Part:
    """A value, and whether it asks the row for anything; what does not is the same in every row."""

    value: Value
    asks: bool


@dataclass(frozen=True, slots=True)
class Header:
    """Where each column stands; `title` as it is written there. Names are found whatever their case and blanks."""

    places: dict[str, int]
    titles: list[str]

    @classmethod
    def of(cls, titles: list[str]) -> "Header":
        return cls({plain(title): place for place, title in reversed(list(enumerate(titles)))}, titles)

    def at(self, column: str) -> int:
        return self.places[plain(column)]


def plain(column: str) -> str:
    return " ".join(column.replace("\ufeff", "").split()).casefold()


class Maker:
    """Makes the resources of a mapping out of rows with one header."""

    def __init__(self, mapping: Mapping, header: Header, zone: str) -> None:
        self.mapping, self.header, self.zone = mapping, header, zone
        self.named = {made.name: made for made in mapping.resource}
        self.blank = {"", *(word.casefold() for word in mapping.reads.blank)}
        self.values = {
            name: {word.casefold(): value for word, value in table.items()} for name, table in mapping.values.items()
        }
        self.makers = [(made, self._object(made.has, made.type)) for made in mapping.resource]

    def resources(self, rows: Told) -> list[Resource]:
        """What the rows say. Raises BadCell."""
        return [
            {"resourceType": made.type, "id": self._id(made, rows), **(part.value(rows) or {})}
            for made, part in self.makers
            if self._wanted(made, rows)
        ]

    def cell(self, row: Row, column: str) -> str:
        text = row.cells[self.header.at(column)]
        return "" if text.casefold() in self.blank else text

    def _wanted(self, made: Made, rows: Told) -> bool:
        if not all(self.cell(rows[0], column) for column in made.only_with):
            return False
        among = made.only_where.items()
        return all(self.cell(rows[0], column).casefold() in [w.casefold() for w in words] for column, words in among)

    def _id(self, made: Made, rows: Told) -> str:
        cells = [self.cell(rows[0], column) for column in made.key]
        if missing := next((column for column, cell in zip(made.key, cells, strict=True) if not cell), ""):
            raise BadCell(missing, f"is blank, and the {made.name} is told from others by it.", "Fill it in.")
        return made_id(self.mapping, made.name, cells)

    def _node(self, node: Any, kind: str) -> Part:
        """One value of the type, out of what the mapping says."""
        if isinstance(node, dict) and (word := next((word for word in CELL if word in node), "")):
            return Part(self._cell(word, node, kind), word != "counts")
        if isinstance(node, dict):
            return self._object(node, kind)
        if isinstance(node, str) and not node.startswith("="):
            return Part(self._column(node, kind), True)
        constant = node.removeprefix("=") if isinstance(node, str) else node
        return Part(lambda rows: constant, False)

    def _object(self, node: dict[str, Any], kind: str) -> Part:
        parts: list[tuple[str, Part]] = []
        for name, inner in node.items():
            element, inner_kind = model().keys[kind][name]
            many = model().elements[kind][element].many
            parts.append((name, self._list(inner, inner_kind) if many else self._node(inner, inner_kind)))
        asks = any(part.asks for _, part in parts)

        def made(rows: Told) -> Any:
            found: dict[str, Any] = {}
            said = not asks
            for name, part in parts:
                value = part.value(rows)
                if value is not None:
                    found[name] = value
                    said = said or part.asks
            return found if said and found else None

        return Part(made, asks)

    def _list(self, node: Any, kind: str) -> Part:
        if isinstance(node, dict) and "each_row" in node:
            one = self._node(node["each_row"], kind)
            return Part(lambda rows: [v for told in _each(rows) if (v := one.value(told))] or None, True)
        if isinstance(node, dict) and "split" in node:
            bare = {name: value for name, value in node.items() if name != "split"}
            return Part(self._split(bare, node["split"], kind), True)
        several = [self._node(one, kind) for one in (node if isinstance(node, list) else [node])]

        def made(rows: Told) -> Any:
            return [v for part in several if (v := part.value(rows)) is not None] or None

        return Part(made, any(part.asks for part in several))

    def _cell(self, word: str, node: dict[str, Any], kind: str) -> Value:
        if word == "column":
            return self._column(node["column"], kind, self.values.get(node.get("values", "")))
        if word == "columns":
            joined, columns = node.get("joined", " "), node["columns"]
            return lambda rows: joined.join(c for column in columns if (c := self.cell(rows[0], column))) or None
        if word == "refers":
            return self._reference(node["refers"], node.get("by"))
        if word == "counts":
            return lambda rows: rows[0].nth
        amount = self._column(node["sum"], kind)

        def total(rows: Told) -> Any:
            found = [v for row in rows if (v := amount([row])) is not None]
            return sum(found[1:], found[0]) if found else None

        return total

    def _column(self, column: str, kind: str, table: dict[str, Any] | None = None) -> Value:
        place, read, blank = self.header.at(column), reader(kind, self.mapping.reads, self.zone), self.blank
        title = self.header.titles[place]

        def value(rows: Told) -> Any:
            text = rows[0].cells[place]
            if text.casefold() in blank:
                text = ""
            if table is not None:
                text = _looked_up(title, text, table)
            if not isinstance(text, str) or not text:
                return text if text != "" else None
            try:
                return read(text)
            except ValueError as error:
                raise BadCell(title, *error.args[:2]) from None

        return value

    def _split(self, node: dict[str, Any], separator: str, kind: str) -> Value:
        place = self.header.at(node["column"])
        one = self._node(node, kind)

        def values(rows: Told) -> Any:
            row, words = rows[0], rows[0].cells[place].split(separator)
            cells = [[*row.cells[:place], word.strip(), *row.cells[place + 1 :]] for word in words]
            return [v for some in cells if (v := one.value([Row(row.line, some, row.text)])) is not None] or None

        return values

    def _reference(self, named: str, by: list[str] | None) -> Value:
        kind, _, name = named.rpartition("/")
        made = self.named.get(name)
        columns = by or (made.key if made else [])
        kind = kind or (made.type if made else "")

        def value(rows: Told) -> Any:
            cells = [self.cell(rows[0], column) for column in columns]
            return {"reference": f"{kind}/{made_id(self.mapping, name, cells)}"} if all(cells) else None

        return value


def _each(rows: Told) -> Iterator[Told]:
    return ([replace(row, nth=nth)] for nth, row in enumerate(rows, 1))


def made_id(mapping: Mapping, name: str, cells: list[str]) -> str:
    """The same for the same key in every table of the source."""
    return resource_id(mapping.source, "table", name, *cells)


def _looked_up(column: str, text: str, table: dict[str, Any]) -> Any:
    word = text.casefold()
    if word in table:
        return table[word]
    if not text or "*" in table:
        return table.get("*", "") if text else ""
    raise BadCell(column, "holds a word that its table of values does not know.", "Correct it, or add it to [values].")
