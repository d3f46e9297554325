"""One or several?: which entries of the directory are taken as one, why, which are left to decide, and taking apart."""

from collections.abc import Sequence
from itertools import product
from typing import Any
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from throughcare.access import door
from throughcare.flow.moment import Moment
from throughcare.identity import directory, directory_words
from throughcare.identity.directory_doubts import Doubt, address, called, doubts, phone
from throughcare.identity.directory_words import Body, Words
from throughcare.workspace.front import Absent, Desk

PAGE = 20  # of each kind; the next ones come up as these are decided
URL_MAX = 200  # letters; a longer group is taken back entry by entry
WORDS: dict[str, bool | None] = {"same": True, "apart": False, "undo": None}
Entries = dict[str, Body]


def show(desk: Desk) -> Response:
    """What is left to decide first, then what is taken as one, then what was kept apart."""
    entries, linkages = directory.read(Moment(desk.site.database))
    words = directory_words.told(linkages)
    groups = directory.groups(entries.values(), words)
    open_, apart = doubts(entries, groups, words), sorted(p for p in words.apart if entries.keys() >= set(p))
    shown = _shown(open_[:PAGE], groups[:PAGE], apart[:PAGE])
    sources = _sources(desk, shown)
    desk.looked("directory", detail=f"{len(groups)} groups, {len(open_)} to decide")
    asked = desk.asked
    done = asked.get("done", "")
    return desk.page(
        "directory.html",
        doubts=[_doubt(desk, one, entries, sources) for one in open_[:PAGE]],
        groups=[_group(desk, group, entries, sources, words) for group in groups[:PAGE]],
        apart=[(*two, *(_entry(r, entries, sources) for r in two)) for two in apart[:PAGE]],
        counts={"doubts": len(open_), "groups": len(groups), "apart": len(apart)},
        done=done if done in WORDS else "", one=asked.get("one", ""), others=asked.get("others", ""),
    )  # fmt: skip


def decide(desk: Desk) -> Response:
    """Say of one entry and some others that they are one or several, or take that back; Linkages follow at once."""
    form, viewer = desk.form, desk.viewer
    word, one, others = form.get("word", ""), form.get("one", ""), form.get("others", "").split(",")
    entries, linkages = directory.read(Moment(desk.site.database))
    pairs = [pair for pair in product([one], filter(None, others)) if pair[0] != pair[1]]
    fits = all(r in entries and r.partition("/")[0] == one.partition("/")[0] for pair in pairs for r in pair)
    if word not in WORDS or not pairs or not fits:
        raise Absent
    me = {"reference": viewer.practitioner} if viewer.practitioner else {"display": viewer.name}
    words, said = directory_words.say(directory_words.told(linkages), pairs, WORDS[word], by=me)
    follows = directory.changes(entries.values(), directory.ours(linkages), words)
    door.did(desk.site.database, viewer, said + follows, "directory", [])
    told = {name: text for name, text in (("one", one), ("others", ",".join(others))) if len(text) <= URL_MAX}
    return RedirectResponse(f"/directory?{urlencode({'done': word, **told})}", status_code=303)


def _shown(open_: Sequence[Doubt], groups: Sequence[Sequence[str]], apart: Sequence[tuple[str, str]]) -> list[str]:
    pairs = [(one.one, one.other) for one in open_]
    return sorted({reference for some in (*pairs, *groups, *apart) for reference in some})


def _sources(desk: Desk, references: list[str]) -> dict[str, str]:
    ids = [reference.partition("/")[2] for reference in references]
    rows = desk.reader.rows("workspace/directory_sources", types=list(directory.TYPES), ids=ids)
    return {row.key: row.source.replace("_", " ") for row in rows}


def _entry(reference: str, entries: Entries, sources: dict[str, str]) -> dict[str, str]:
    body = entries[reference]
    line, zip_code = address(body)
    return {
        "key": reference,
        "name": called(body) or reference,
        "place": ", ".join(filter(None, (line, zip_code))),
        "phone": phone(body),
        "number": ", ".join(sorted(directory.npi(body))),
        "source": sources.get(reference, ""),
    }


def _doubt(desk: Desk, one: Doubt, entries: Entries, sources: dict[str, str]) -> dict[str, Any]:
    left, right = (_entry(reference, entries, sources) for reference in (one.one, one.other))
    return {"why": desk.words(f"directory.why_{one.why}"), "kind": _kind(desk, one.one), "left": left, "right": right,
            "parts": [(name, left[name], right[name]) for name in ("name", "place", "phone", "number", "source")
                      if left[name] or right[name]]}  # fmt: skip


def _group(desk: Desk, group: list[str], entries: Entries, sources: dict[str, str], words: Words) -> dict[str, Any]:
    """A group with its reason: one number, one name and address, or a person's word."""
    numbers = [directory.npi(entries[reference]) for reference in group]
    said = any(pair in words.same for pair in product(group, group))
    why = "number" if frozenset.intersection(*numbers) else "said" if said else "address"
    return {
        "why": desk.words(f"directory.one_{why}"),
        "kind": _kind(desk, group[0]),
        "name": called(entries[group[0]]),
        "entries": [_entry(reference, entries, sources) | {"others": ",".join(o for o in group if o != reference)}
                    for reference in group],
    }  # fmt: skip


def _kind(desk: Desk, reference: str) -> str:
    return str(desk.words(f"directory.kind_{reference.partition('/')[0]}"))
