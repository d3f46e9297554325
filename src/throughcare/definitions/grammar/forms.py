"""care_library/forms/<id>.toml: an instrument, what each answer is worth, and what its score means."""

from typing import Any, Literal

from msgspec import Struct, field

from throughcare.definitions.grammar.entry import Entry
from throughcare.definitions.grammar.model import Parameter


class Item(Struct, kw_only=True, forbid_unknown_fields=True):
    """One question. Its answers are read by question and code together, since one code may mean two things."""

    id: str  # the name of its column: the points of the answer
    code: str = ""  # the LOINC code of the question
    link: list[str] = []  # other names of the question in responses: link ids of a questionnaire
    points: dict[str, Any] | str = "value"  # answer code = points or "declined"; a name under [answers]; or the number
    least: float | None = None  # a number below this is not an answer; default: the lowest points
    most: float | None = None  # a number above this is not an answer; default: the highest points
    several: Literal["highest", "sum"] = "highest"  # what several answers to the question are worth together
    optional: bool = False  # the form is complete without it, and it is in no score


class Ends(Struct, kw_only=True, forbid_unknown_fields=True):
    """The lowest and the highest points an answer can have."""

    least: float
    most: float


class Band(Struct, kw_only=True, forbid_unknown_fields=True):
    """A stretch of scores with a name; it reaches up to where the next one begins."""

    from_: float = field(name="from")
    id: str


class Rescale(Struct, kw_only=True, forbid_unknown_fields=True):
    """The score moved from one scale to another, in a straight line."""

    from_: list[float] = field(name="from")  # its two ends before
    to: list[float]  # and after


class Scoring(Entry, kw_only=True, forbid_unknown_fields=True):
    """How points become a score, and what is said of it while some answers are missing.

    partial: "refuse", only all answers make a score; "bounds", what holds for the lowest and the highest possible
    score holds already; "answered", what was answered is the score; "prorate", the answered ones stand for the others.
    """

    score: Literal["none", "sum", "mean", "highest", "count_positive", "formula", "given"] = "sum"  # given: stated only
    formula: str = ""  # with score = "formula": an expression over item ids, `also` and parameters
    formula_if: str = ""  # when the formula may be used; default: whenever it gives a number
    places: int = 2  # of a mean, a rescaled score or a formula
    rescale: Rescale | None = None
    partial: Literal["refuse", "bounds", "answered", "prorate"] = "bounds"
    missing_most: int = 0  # with "prorate": how many answers may be missing
    positive: str = ""  # an expression over score, bands, scales, item ids and parameters: true, false or unknown
    band: list[Band] = []


class Scale(Scoring, kw_only=True, forbid_unknown_fields=True):
    """A part of the form with a score of its own; its columns begin with its id: <id>_score, <id>_positive."""

    items: list[str]


class Form(Scoring, kw_only=True, forbid_unknown_fields=True):
    """An instrument; it gives the set form_<id>, one row for each time it was filled in, to every care model."""

    title: str
    license: Literal["free", "licensed"]  # "licensed": no wording is shipped, a site adds it beside
    credit: str = ""  # whose it is, as it must be shown beside the questions
    url: list[str] = []  # addresses of questionnaires that are this form
    panel: list[str] = []  # LOINC codes of the whole form
    total: list[str] = []  # LOINC codes, or link ids, of its score
    total_points: dict[str, Any] = {}  # when the score itself is stated as a code: code = points
    answers: dict[str, dict[str, Any]] = {}  # lists of answers that several items share
    item: list[Item] = []
    any_item: Ends | None = None  # answers to items that are not listed count too, each by its own name
    also: dict[str, str] = {}  # extra columns that its expressions may use: name = "expression"
    scale: list[Scale] = []
    certified_within: str = ""  # a parameter: how many days before a rating its rater must have been certified
    parameter: dict[str, Parameter] = {}  # the numbers its expressions name
