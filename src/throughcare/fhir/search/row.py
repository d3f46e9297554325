"""The compact row: equality terms as hashes, texts to begin with or contain, spans of time, and numbers."""

from typing import Any, NamedTuple


class SearchRow(NamedTuple):
    """One per resource. `terms` are 64-bit numbers, in digits, since digits are what is stored.

    `span_params` and `number_params` name the parameter of each span and number by its number. Spans are PostgreSQL
    timestamps as text, '-infinity' and 'infinity' where a period is open.
    """

    terms: list[str]
    texts: list[str]
    span_params: list[int]
    span_lows: list[str]
    span_highs: list[str]
    number_params: list[int]
    numbers: list[float]


def empty() -> SearchRow:
    parts: list[list[Any]] = [[] for _ in SearchRow._fields]
    return SearchRow(*parts)
