"""Forms of a folder: read, held against their questionnaires, and never with wording that is not ours to ship."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from throughcare.definitions import grammar
from throughcare.definitions.check.expressions import literals
from throughcare.definitions.desugar import DECLINED, Made, form_entries, points_of
from throughcare.definitions.entries import entry_mistakes
from throughcare.definitions.expressions import Mistake, parse, spell
from throughcare.definitions.folder import Reader
from throughcare.definitions.form_scope import FormScope
from throughcare.definitions.near import did_you_mean
from throughcare.definitions.toml_lines import Path

WEIGHTS = ("http://hl7.org/fhir/StructureDefinition/ordinalValue", "http://hl7.org/fhir/StructureDefinition/itemWeight")
SCORES = ("score", "score_low", "score_high", "lowest", "highest", "positive", "band", "answered")
COLUMNS = (*SCORES, "unread", "complete", "stated")
RESPONSE = ("key", "person_id", "on_date", "status", "form", "version", "rater_id", "rater_certified_on")


def load_forms(reader: Reader, *, shipped: bool) -> dict[str, grammar.Form]:
    """Every forms/<id>.toml of the folder; `shipped` folders may hold no licensed wording."""
    forms: dict[str, grammar.Form] = {}
    for path in sorted(reader.folder.glob("forms/*.toml")):
        name = f"forms/{path.name}"
        form = reader.toml(name, grammar.Form)
        if form:
            _sourced(reader, name, form)
            if form.id != path.stem:
                why = "Care models call it by the name of its file."
                reader.say(name, ("id",), f'the id is "{form.id}".', why, "Give the file and the id one name.")
            _items(reader, name, form)
            forms[form.id] = form
    for path in sorted(reader.folder.glob("forms/*.json")):
        _questionnaire(reader, f"forms/{path.name}", forms.get(path.stem), shipped)
    return forms


def entries_of(reader: Reader, forms: dict[str, grammar.Form], *, absolute: bool) -> dict[str, Made]:
    """What each form stands for, by the names of its sets; a mistake in an expression is told at its line."""
    for form in forms.values():
        _expressions(reader, f"forms/{form.id}.toml", form)
    if reader.findings:
        return {}
    home = f"{reader.folder}/" if absolute else ""
    return {f"form_{form.id}": form_entries(form, f"{home}forms/{form.id}.toml") for form in forms.values()}


def _sourced(reader: Reader, name: str, form: grammar.Form) -> None:
    for key in ("says", "cites"):
        if not getattr(form, key).strip():
            why = "A form is read and checked by people."
            reader.say(name, (), f"form {form.id}: {key} nothing.", why, f"Add {key}.")
    data = {key: {"values": p.values, "says": p.says, "cites": p.cites} for key, p in form.parameter.items()}
    for at, what, why, do in entry_mistakes(data):
        reader.say(name, ("parameter", *at), f"parameter {at[0]}: {what}", why, do)


def _items(reader: Reader, name: str, form: grammar.Form) -> None:
    """Items have names of their own, points that are numbers, and scales are made of them."""
    for nth, item in enumerate(form.item):
        at: Path = ("item", nth)
        if item.id in (*COLUMNS, *RESPONSE):
            what = f'item {item.id}: "{item.id}" is a column of every form.'
            reader.say(name, (*at, "id"), what, do="Give it another id.")
        if isinstance(item.points, str) and item.points != "value" and item.points not in form.answers:
            what = f'item {item.id}: there are no answers "{item.points}".{did_you_mean(item.points, form.answers)}'
            reader.say(name, (*at, "points"), what, do='Name a list under [answers], or write points = "value".')
        for code, points in points_of(form, item).items():
            if points != DECLINED and not _is_number(points):
                what = f'item {item.id}: the answer {code} is worth "{points}".'
                reader.say(name, (*at, "points"), what, do='Give points as a number, or "declined".')
    for nth, scale in enumerate(form.scale):
        for word in scale.items:
            if word not in [i.id for i in form.item]:
                what = f'scale {scale.id}: there is no item "{word}".{did_you_mean(word, [i.id for i in form.item])}'
                reader.say(name, ("scale", nth, "items"), what, do="Name items of this form.")
    if form.score == "given" and not form.total:
        reader.say(name, ("score",), "the score is only stated, but no total says where.", do="Add total = [codes].")


def _expressions(reader: Reader, name: str, form: grammar.Form) -> None:
    """Every expression can be read, and speaks of items, columns and parameters of the form."""
    scales = [f"{s.id}_{c}" for s in form.scale for c in SCORES]
    known = [*(i.id for i in form.item), *COLUMNS, *RESPONSE, *scales, *form.also, *form.parameter, "today"]
    texts: list[tuple[Path, str]] = [(("also", key), text) for key, text in form.also.items()]
    for at, scoring in (((), form), *((("scale", nth), s) for nth, s in enumerate(form.scale))):
        texts += [((*at, key), getattr(scoring, key)) for key in ("positive", "formula", "formula_if")]
    for at, text in (*texts, (("certified_within",), form.certified_within)):
        try:
            numbers = _numbers(text) if text else []
            if text:
                spell(text, FormScope(known))
        except Mistake as wrong:
            reader.say(name, at, wrong.what, wrong.why, wrong.do)
            continue
        for number in numbers:
            why = "A number that a rule may change needs a date, a unit and a source."
            do = "Make it a [parameter.<name>] of this form and write its name."
            reader.say(name, at, f"{number} stands in the expression itself.", why, do)


def _numbers(text: str) -> list[str]:
    """Numbers that belong into a parameter; nothing and one are no rule, however they are written."""
    return [n for n in literals(parse(text)) if n not in ("0.0", "1.0")]


def _questionnaire(reader: Reader, name: str, form: grammar.Form | None, shipped: bool) -> None:
    """The wording beside a form: it must be a questionnaire, ours to ship, and agree on items and points."""
    try:
        body = json.loads((reader.folder / name).read_bytes(), parse_float=Decimal)
        kind = body.get("resourceType")
    except (ValueError, AttributeError):
        body, kind = {}, None
    if kind != "Questionnaire":
        reader.say(name, (), "the form is not a FHIR Questionnaire in JSON.", do="Write a Questionnaire resource.")
    if not form or kind != "Questionnaire":
        return
    asked = {key: item for item in _flat(body) for key in (item.get("linkId"), *_codes(item))}
    if shipped and form.license == "licensed" and any(item.get("text") for item in asked.values()):
        what = f"the form {form.id} is licensed, yet this file carries the wording of its questions."
        why = "The wording belongs to its owner; the product ships codes and points only."
        do = "Take the file out. A site with a license puts it into forms/ of a care model folder of its own."
        reader.say(name, (), what, why, do)
    for item in form.item:
        if not {item.code or item.id, *item.link} & asked.keys():
            do = f"Add an item {item.code or item.id}."
            reader.say(name, (), f'the questionnaire does not ask "{item.id}".', do=do)
        elif differs := _differing(form, item, asked.get(item.code or item.id, {})):
            what = f"item {item.id}: {', '.join(differs)} is not worth the same here and in {form.id}.toml."
            reader.say(name, (), what, "Two scores for one answer would both be believed.", "Make them agree.")


def _differing(form: grammar.Form, item: grammar.Item, question: dict[str, Any]) -> list[str]:
    """Answers whose points differ between the form and the questionnaire, or that only one of them knows."""
    offered = {o["valueCoding"]["code"]: _weight(o) for o in question.get("answerOption", []) if "valueCoding" in o}
    worth = {c: Decimal(str(p)) if _is_number(p) else None for c, p in points_of(form, item).items()}
    if not offered:
        return []
    return sorted({code for code, _ in offered.items() ^ worth.items()})


def _is_number(points: Any) -> bool:
    return isinstance(points, int | float | Decimal) and not isinstance(points, bool)


def _weight(option: dict[str, Any]) -> Decimal | None:
    extensions = [*option.get("extension", []), *option["valueCoding"].get("extension", [])]
    found = [e.get("valueDecimal") for e in extensions if e.get("url") in WEIGHTS]
    return Decimal(str(found[0])) if found else None


def _flat(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in node.get("item", []):
        yield item
        yield from _flat(item)


def _codes(item: dict[str, Any]) -> list[str]:
    return [c["code"] for c in item.get("code", []) if "code" in c]
