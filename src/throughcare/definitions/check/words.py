"""Every phrase a person reads is there in every language, and no translation is of something that is not."""

from collections.abc import Iterator

from throughcare.definitions.check.reading import Reading
from throughcare.definitions.near import did_you_mean

LANGUAGES = ("en", "es")
READ = ("criterion", "move", "reason", "goal", "activity", "content", "step", "measure", "line", "calc")
OPTIONAL = ("set", "fact", "role", "table", "rhythm", "assignment", "routing")
OWN = ("title", "says", "serves")


def check_words(reading: Reading) -> None:
    """English may be left to `says`; every other language of the product must have each phrase."""
    needed = {key: (file, path) for key, file, path in _needed(reading)}
    allowed = [*needed, *_optional(reading)]
    for language in sorted({*LANGUAGES, *reading.model.words}):
        file, phrases = f"words/{language}.toml", reading.model.words.get(language, {})
        if language != "en":
            _missing(reading, language, [key for key in needed if key not in phrases])
        for key in phrases:
            if key not in allowed:
                what = f"{key} translates nothing in this folder.{did_you_mean(key, allowed)}"
                reading.say_in(file, tuple(key.split(".", 1)), what, do="Correct the name or take the line out.")


def _missing(reading: Reading, language: str, keys: list[str]) -> None:
    kinds: dict[str, list[str]] = {}
    for key in keys:
        kinds.setdefault(key.partition(".")[0], []).append(key.partition(".")[2])
    for kind, names in kinds.items():
        what = f"{kind}.{names[0]} is missing." if len(names) == 1 else f"{len(names)} phrases of [{kind}] are missing."
        why = "People read them, and some of them read this language."
        do = f"Under [{kind}] write a phrase for {', '.join(names)}."
        reading.say_in(f"words/{language}.toml", (kind,), what, why, do)


def _needed(reading: Reading) -> Iterator[tuple[str, str, tuple[str | int, ...]]]:
    yield from ((f"model.{key}", "model.toml", (key,)) for key in OWN)
    for at in reading.entries():
        if at.kind in READ:
            yield f"{_kind(at.kind)}.{at.entry.id}", at.file, at.path
    for nth, line in enumerate(reading.model.payment.line):
        yield from ((f"need.{line.id}_{n}", "payment.toml", ("line", nth)) for n, _ in enumerate(line.needs, 1))


def _optional(reading: Reading) -> Iterator[str]:
    yield "model.member_word"
    yield from (f"parameter.{name}" for name in reading.model.parameters)
    yield from (f"{at.kind}.{at.entry.id}" for at in reading.entries() if at.kind in OPTIONAL)


def _kind(kind: str) -> str:
    """An activity of the plan is an "action" in words: "activity" there is the shared vocabulary of the library."""
    return "action" if kind == "activity" else kind
