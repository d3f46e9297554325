"""Scores of a form or of a part of it: the lowest and the highest they can be, what they are, and what that means."""

from decimal import Decimal
from typing import Any

from throughcare.definitions.desugar.made import UNKNOWN, Made, Written, choice, named, number, renamed
from throughcare.definitions.desugar.points import ends_of
from throughcare.definitions.grammar import Choice, Form, Item, Scale, Scoring, Table


def score_facts(made: Made, form: Form, given: Form | Scale, at: Written) -> None:
    """score_low, score_high, score, band and positive of a form; of a scale with its id before each name."""
    _Score(made, form, given, at).facts()


class _Score:
    """One score being spelled: its items, with their ends, and the names of its columns."""

    def __init__(self, made: Made, form: Form, given: Scoring, at: Written) -> None:
        self.made, self.form, self.given, self.at = made, form, given, at
        part = given.items if isinstance(given, Scale) else None
        self.items = [i for i in form.item if (i.id in part if part is not None else not i.optional)]
        self.prefix = f"{given.id}_" if isinstance(given, Scale) else ""
        self.title = f"{form.title}, {given.id.replace('_', ' ')}" if self.prefix else form.title
        self.whole = not self.prefix

    def facts(self) -> None:
        if self.given.score != "none":
            self._score()
            self._band()
        if self.given.positive:
            self._positive()

    def _fact(self, name: str, says: str, **verb: Any) -> None:
        """One column of the score; a mistake in it is one in the key it comes from."""
        key = name if name in ("positive", "band") else "formula" if self.given.formula else "score"
        where = (self.at[0], (*self.at[1], key))
        self.made.fact(where, f"form_{self.form.id}", self.prefix + name, f"{self.title}: {says}", **verb)

    def _score(self) -> None:
        rows, low, high = self._computed(), f"{self.prefix}lowest", f"{self.prefix}highest"
        bounded = self._has_ends()
        if bounded:
            self._fact("lowest", "the score if every missing answer were the lowest", value=self._end("least"))
            self._fact("highest", "the score if every missing answer were the highest", value=self._end("most"))
        if self.whole:
            fits = f"is_true(stated >= {low} and stated <= {high})" if bounded else "known(stated)"
            rows.append(choice(fits, "stated"))
        kind = "score" if self.given.formula else None
        self._fact("score", "score", choose=[*rows, UNKNOWN], kind=kind)
        score = f"{self.prefix}score"
        for name, end, says in (("score_low", low, "lowest possible score"), ("score_high", high, "highest possible")):
            self._fact(name, says, value=f"first_known({score}, {end})" if bounded else score)

    def _computed(self) -> list[Choice]:
        """When the answers make a score, and which."""
        if self.given.score == "given":
            return []
        if self.given.score == "formula":
            worth = f"round_half_up({self.given.formula}, {self.given.places})"
            return [choice(self.given.formula_if or f"known({worth})", worth)]
        known = [f"known({i.id})" for i in self.items]
        if self.given.partial == "answered":
            lowest = self.given.score == "highest"
            parts = [self._or(i, "least") if lowest else f"first_known({i.id}, 0.0)" for i in self.items]
            return [choice(" or ".join(known), self._worth(parts, self._answered()))]
        rows = [choice(" and ".join(known), self._worth([i.id for i in self.items]))]
        if self.given.partial == "prorate":
            every, answered = len(self.items), self._answered()
            total = " + ".join(f"first_known({i.id}, 0.0)" for i in self.items)
            enough = f"{answered} >= {every - self.given.missing_most}"
            rows.append(choice(enough, f"ratio(({total}) * {every}.0, {answered}, 0)"))
        return rows

    def _answered(self) -> str:
        """The fact that counts the answered items: the form's own, or one of the scale."""
        if not self.whole:
            listed = ", ".join(f"'{i.id}'" for i in self.items)
            rows = f"form_{self.form.id}_answer where is_true(asked in ({listed})) and not declined and known(points)"
            self._fact(
                "answered", "how many were answered", count_of=rows, take="asked", link="key = response_key", if_none=0
            )
        return f"{self.prefix}answered"

    def _has_ends(self) -> bool:
        """Bounds need every item's lowest and highest points; a formula may do anything with them."""
        known = all(None not in ends_of(self.form, i) for i in self.items)
        return known and self.given.score not in ("formula", "given")

    def _end(self, end: str) -> str:
        """The score if every missing answer were the lowest, or the highest; a scale that runs down swaps them."""
        rescale = self.given.rescale
        down = rescale is not None and (rescale.to[1] - rescale.to[0]) * (rescale.from_[1] - rescale.from_[0]) < 0
        other = {"least": "most", "most": "least"}[end] if down else end
        return self._worth([self._or(i, other) for i in self.items])

    def _or(self, item: Item, end: str) -> str:
        found = ends_of(self.form, item)[0 if end == "least" else 1]
        return f"first_known({item.id}, {number(found if found is not None else 0)})"

    def _worth(self, parts: list[str], answered: str = "") -> str:
        """The parts together as the kind of score says, moved to its scale; a mean of those answered, if they are."""
        kind, rescale, places = self.given.score, self.given.rescale, self.given.places
        if kind == "highest":
            return _nested("larger", parts)
        if kind == "count_positive":
            parts = [f"smaller(1.0, larger(0.0, {p}))" for p in parts]
        total, every = " + ".join(parts), answered or f"{len(parts)}.0"
        if rescale is None:
            return f"ratio({total}, {every}, {places})" if kind == "mean" else total
        low, width = rescale.from_[0], Decimal(str(rescale.from_[1])) - Decimal(str(rescale.from_[0]))
        up = Decimal(str(rescale.to[1])) - Decimal(str(rescale.to[0]))
        times = f" * {every}" if kind == "mean" else ""
        moved = f"({total} - {number(low)}{times}) * {number(up)}"
        return f"ratio({moved}, {number(width)}{times}, {places}) + {number(rescale.to[0])}"

    def _band(self) -> None:
        if not self.given.band:
            return
        name = f"form_{self.form.id}_{self.prefix}band"
        rows: list[list[Any]] = [[Decimal(number(b.from_)), b.id] for b in self.given.band]
        self.made.table(
            self.at, Table(id=name, says=self.title, cites=self.form.cites, kind="band", rows=rows)
        )  # fmt: skip
        low, high = (f"lookup({name}, {self.prefix}{end})" for end in ("score_low", "score_high"))
        if self.given.partial == "bounds":
            self._fact("band", "what the score means", choose=[choice(f"is_true({low} = {high})", low), UNKNOWN])
        else:
            self._fact("band", "what the score means", value=f"lookup({name}, {self.prefix}score)")

    def _positive(self) -> None:
        """With bounds: what the lowest and the highest possible score agree on."""
        text, names = self.given.positive, {n: f"{self.prefix}{n}" for n in ("score", "band")}
        if "score" not in named(text) or self.given.partial != "bounds":
            self._fact("positive", "it says that there is something", value=renamed(text, names))
            return
        low, high = (renamed(text, names | {"score": f"{self.prefix}score_{end}"}) for end in ("low", "high"))
        rows = [Choice(if_=f"is_true({low}) and is_true({high})", then=True)]
        rows += [Choice(if_=f"is_true(not ({low})) and is_true(not ({high}))", then=False)]
        self._fact("positive", "it says that there is something", choose=[*rows, UNKNOWN])


def _nested(call: str, parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{call}({parts[0]}, {_nested(call, parts[1:])})"
