"""The care library: what care models name by id instead of defining it."""

from typing import Any

from msgspec import Struct, field

from throughcare.definitions.grammar.entry import Entry
from throughcare.definitions.grammar.forms import Form
from throughcare.definitions.grammar.model import CareModel, Parameter
from throughcare.definitions.grammar.pathways import Loop, Pathway
from throughcare.definitions.grammar.payment import ConcurrencyFile
from throughcare.definitions.grammar.sets import Fact, Set

CONTACT_OUTCOMES = ("reached", "left_message", "no_answer", "wrong_number", "refused", "asked_to_call_at")


class Activity(Entry, kw_only=True, forbid_unknown_fields=True):
    """A word of the shared vocabulary (care_library/activities.toml): what a touch is called in every model."""

    verb: str  # the plain words of a worklist row: "First call after hospital"; translated by words key activity.<id>
    outcomes: list[str] = field(default_factory=lambda: list(CONTACT_OUTCOMES))
    mode: str = "phone"
    minutes: int = 10
    safety: bool = False
    at_home: bool = False  # done where the person lives, so it stands in a worker's round


class ValueSet(Entry, kw_only=True, forbid_unknown_fields=True):
    """Codes by system; a code ending in "*" is a prefix (ICD-10-CM only); codes may be dated."""

    codes: dict[str, list[str]] = {}  # system uri or alias ("icd10cm", "snomed", "loinc", ...) -> codes
    excludes: dict[str, list[str]] = {}
    oid: str = ""  # by which a site's imported value set takes the place of these codes
    licensed: bool = False  # the codes are the site's to import; until then what asks for them is unknown


class LibraryRole(Entry, kw_only=True, forbid_unknown_fields=True):
    """A role of the field, named once; staff_roles says which sign-in roles may do its work."""

    staff_roles: list[str]


class ActivitiesFile(Struct, kw_only=True, forbid_unknown_fields=True):
    """care_library/activities.toml"""

    activity: list[Activity]


class RolesFile(Struct, kw_only=True, forbid_unknown_fields=True):
    """care_library/roles.toml"""

    role: list[LibraryRole]


class ValueSetsFile(Struct, kw_only=True, forbid_unknown_fields=True):
    """care_library/value_sets/*.toml"""

    value_set: list[ValueSet]


class PathwaysFile(Struct, kw_only=True, forbid_unknown_fields=True):
    """care_library/pathways/<id>.toml: one generation of pathways, which a care model uses by its id"""

    id: str
    title: str
    says: str
    cites: str
    note: str = ""
    pathway: list[Pathway] = []
    set: list[Set] = []  # the set that pathways stand on
    fact: list[Fact] = []  # what the outcomes speak of
    parameter: dict[str, Parameter] = {}  # the numbers the outcomes name


class LoopsFile(Struct, kw_only=True, forbid_unknown_fields=True):
    """care_library/loops/*.toml"""

    loop: list[Loop]
    fact: list[Fact] = []
    parameter: dict[str, Parameter] = {}


class Library(Struct, kw_only=True):
    """care_library, loaded: what care models name by id."""

    activities: dict[str, Activity]
    roles: dict[str, LibraryRole]
    value_sets: dict[str, ValueSet]
    words: dict[str, dict[str, str]]
    views: dict[str, dict[str, str]]  # view -> column -> type ("text","date","timestamp","boolean","decimal","integer")
    without_people: frozenset[str] = frozenset()  # views whose rows are no person's: organization, session, ...
    tables_dir: str = ""  # the site's folder of imported tables; the setting care_tables_dir
    concurrency: ConcurrencyFile = field(default_factory=ConcurrencyFile)
    measures: dict[str, CareModel] = {}  # each a set of sets and facts of its own, with one or more measures
    forms: dict[str, Form] = {}
    pathways: dict[str, PathwaysFile] = {}  # by the id of the file
    loops: dict[str, Loop] = {}
    folder: str = ""
    stands_for: dict[str, Any] = {}  # form_<id>, loop_<id> or pathways/<id> -> the entries it stands for
    lines: dict[str, dict[tuple[str | int, ...], int]] = {}  # where each table and key stands, by file
