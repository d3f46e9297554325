"""Entries: what every entry of a care model carries."""

from typing import Literal

from msgspec import Struct


class Entry(Struct, kw_only=True, forbid_unknown_fields=True):
    """What every entry of a care model carries: an id, one plain sentence, and where the rule comes from."""

    id: str
    says: str = ""
    cites: str = ""
    confidence: Literal["", "high", "medium", "low"] = ""  # the reference's H, Md, L
    note: str = ""


class Source(Struct, kw_only=True, forbid_unknown_fields=True):
    """A source of truth: a regulation, a guideline, a handbook."""

    title: str
    note: str = ""
