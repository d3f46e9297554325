"""model.toml and parameters.toml, and a whole care model as one value."""

from datetime import date
from typing import Any, Literal

from msgspec import Struct, field

from throughcare.definitions.grammar.belonging import EligibilityFile, EnrollmentFile, TeamFile
from throughcare.definitions.grammar.entry import Entry, Source
from throughcare.definitions.grammar.measures import MeasuresFile
from throughcare.definitions.grammar.payment import PaymentFile
from throughcare.definitions.grammar.sets import SetsFile
from throughcare.definitions.grammar.work import PlanFile, WorkFile
from throughcare.definitions.toml_lines import line_at


class Scoped(Struct, kw_only=True, forbid_unknown_fields=True):
    """Values for one state or one payer, or for both together; the row's columns `state` and `payer_id` say which."""

    values: dict[str, Any]
    state: str | None = None
    payer: str | None = None


class Parameter(Struct, kw_only=True, forbid_unknown_fields=True):
    """A number that changes with time: dated values, read as of the row's own date."""

    says: str = ""
    unit: str
    cites: str = ""
    values: dict[str, Any]  # ISO date -> value (TOML keys are strings)
    confidence: Literal["", "high", "medium", "low"] = ""
    scoped: list[Scoped] = []
    note: str = ""


class Table(Entry, kw_only=True, forbid_unknown_fields=True):
    """A lookup table, written out in rows or imported from a file of the site.

    exact: equal keys. band: the highest row not above x. slope: lines [from, to, value at from, value at to].
    An imported table that says its `columns` may be missing: until it is there, what is looked up in it is unknown.
    """

    kind: Literal["band", "exact", "slope"]
    rows: list[list[Any]] = []  # each its keys, then the value
    band_last: bool = False  # equal on all keys but the last; of that the highest not above, for instance a date
    closed: bool = False  # outside the rows there is surely nothing: 0, false or "none"; without it, unknown
    import_: str | None = field(name="import", default=None)  # rows from <name>.csv in the setting care_tables_dir
    keys: list[str] = []  # of an imported table: its columns to look things up by
    value: str | None = None  # of an imported table: the column that is found
    columns: dict[str, Literal["text", "decimal", "date"]] = {}  # of a table a site may do without: what each holds


class ParametersFile(Struct, kw_only=True):
    """parameters.toml: [name] tables are parameters, [[table]] are tables; split by the loader."""

    table: list[Table] = []
    parameter: dict[str, Parameter] = {}


class ModelFile(Struct, kw_only=True, forbid_unknown_fields=True):
    """model.toml"""

    id: str  # the name of the folder
    title: str
    version: str  # kept with every decision
    effective_from: date
    effective_to: date | None = None
    says: str
    serves: str  # who it is for, one sentence
    maturity: Literal["trial", "ready"]
    service: str  # the kind of service, for concurrency rules, e.g. "home_visiting"
    member_word: str = "person"
    calendar: str | None = None
    length_days: int | None = None
    source: list[Source] = []


class CareModel(Struct, kw_only=True):
    """One folder, loaded. `lines` says where each table and key stands: file -> path -> line."""

    folder: str
    model: ModelFile
    sets: SetsFile
    eligibility: EligibilityFile
    enrollment: EnrollmentFile
    team: TeamFile
    plan: PlanFile
    work: WorkFile
    measures: MeasuresFile = field(default_factory=MeasuresFile)
    payment: PaymentFile = field(default_factory=PaymentFile)
    parameters: dict[str, Parameter]
    tables: list[Table]
    words: dict[str, dict[str, str]]  # language -> key -> phrase
    lines: dict[str, dict[tuple[str | int, ...], int]] = {}
    standard: str = ""  # of a measure of the library: the published measure it computes
    is_measure: bool = False  # a measure of the care library: sets and measures, nobody joins it
    written: dict[tuple[str | int, ...], tuple[str, tuple[str | int, ...]]] = {}  # ("fact", 7) -> its author's place

    def file(self, name: str) -> str:
        """The file in which something stands: a measure of the library keeps its sets and itself in one."""
        return "measure.toml" if self.is_measure and name in ("sets.toml", "measures.toml") else name

    def stands(self, name: str, path: tuple[str | int, ...]) -> tuple[str, int]:
        """The file and line at which an author wrote what stands at a place: there, or in a form or a pathway."""
        file, place = self.written.get(path[:2], (name, path[:2]))
        return self.file(file), line_at(self.lines.get(file, {}), (*place, *path[2:]))
