"""Words: every phrase the workspace shows, by key and language, with plurals; people's data enters escaped."""

import tomllib
from functools import cache
from pathlib import Path

from markupsafe import Markup, escape

FOLDER = Path(__file__).parent / "words"


@cache
def load(language: str) -> dict[str, str]:
    """key -> phrase; tables of the file are joined by dots ("today.title")."""
    return dict(_flat(tomllib.loads((FOLDER / f"{language}.toml").read_text()), ""))


@cache
def _plain(language: str) -> dict[str, Markup]:
    """Phrases that need no values, ready to be shown."""
    return {key: Markup(phrase) for key, phrase in load(language).items()}


def _flat(table: dict, prefix: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in table.items():
        pairs += _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else [(prefix + key, value)]
    return pairs


def known() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


class Words:
    """The phrases of one language. A missing key is an error: a reader must never meet a key."""

    def __init__(self, language: str) -> None:
        self.language, self._phrases = language, load(language)
        self._plain = _plain(language)

    def __call__(self, key: str, /, **values: object) -> Markup:
        """The phrase with its values in place. With `n`, the phrase `key.one` or `key.other` is meant."""
        if not values:
            return self._plain[key]
        phrase = self._phrases.get(key)
        if phrase is None:
            phrase = self._phrases[f"{key}.{'one' if values.get('n') == 1 else 'other'}"]
        return Markup(phrase.format(**{name: escape(value) for name, value in values.items()}))

    def has(self, key: str) -> bool:
        return key in self._phrases

    def decimal(self, value: float) -> str:
        """A number with at most one place after the point, as the language writes it."""
        whole, _, place = f"{value:,.1f}".partition(".")
        whole = self.number(int(whole.replace(",", "")))
        return whole if place == "0" else f"{whole}{'.' if self.language == 'en' else ','}{place}"

    def number(self, value: int) -> str:
        return f"{value:,}" if self.language == "en" else f"{value:,}".replace(",", "\u202f")


def choose(accept: str, wanted: str, offered: list[str]) -> str:
    """The language to speak: the reader's own choice, else the first the browser asks for that we have."""
    offered = [language for language in offered if language in known()] or ["en"]
    if wanted in offered:
        return wanted
    asked = sorted(
        ((part.split(";")[0].strip().lower()[:2], _weight(part)) for part in accept[:200].split(",") if part.strip()),
        key=lambda pair: -pair[1],
    )
    return next((language for language, _ in asked if language in offered), offered[0])


def _weight(part: str) -> float:
    try:
        return float(part.split("q=")[1])
    except (IndexError, ValueError):
        return 1.0
