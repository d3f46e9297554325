"""Every message of the shared HL7 v2 sets, through files and through the listener: counts add up, expectations hold."""

import asyncio
import gzip
import io
import json
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from throughcare.intake.hl7v2 import frames
from throughcare.intake.hl7v2.peers import Peer, Peers
from throughcare.intake.hl7v2.said import Said
from throughcare.intake.hl7v2.things import FOLDS, things
from throughcare.intake.shapes import without_blanks
from throughcare.stores.postgres import Database

from ..intake.loading import run
from ..intake.test_hl7_listener import framed, running
from .conformance_data import cases_or_skip, open_archive, shared

SETS = ("hapi_hl7v2", "hl7apy", "linuxforhealth_converter", "python_hl7", "ms_fhir_converter_messages",
        "malformed_hl7v2")  # fmt: skip
WAITING = (
    "select count(*) from record.message where message_no > (select commit_no from think.cursor where stage = 'hl7v2')"
)
TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


@cache
def messages(name: str) -> dict[str, bytes]:
    """Each stream of a set by its name."""
    if name in ("ms_fhir_converter_messages", "malformed_hl7v2"):
        archive = open_archive(f"03_hl7v2/{name}.zip")
        return {n: archive.read(n) for n in archive.namelist() if n.endswith(".hl7")} if archive else {}
    path = shared(f"03_hl7v2/{name}.ndjson.gz")
    if not path.exists():
        return {}
    with gzip.open(path) as lines:
        return {(one := json.loads(line))["id"]: one["message"].encode() for line in lines}


def whole_sets() -> list[str]:
    return cases_or_skip([name for name in SETS if messages(name)])


def files(folder: Path, name: str) -> Path:
    for number, data in enumerate(messages(name).values()):
        (folder / f"{number:04}.hl7").write_bytes(data)
    return folder


@pytest.mark.parametrize("name", whole_sets())
def test_every_message_of_every_file_is_kept_or_in_quarantine_with_its_reason(
    database: Database, tmp_path: Path, name: str
) -> None:
    """in = stored + known + quarantined, by message, as the table beside this test says."""
    counts = run(database, files(tmp_path, name), source=name)
    read = sum(len(list(frames.messages(io.BytesIO(data)))) for data in set(messages(name).values()))
    with database.connection() as connection:
        (kept,) = connection.execute("select count(*) from record.message").fetchone() or (0,)
        reasons = Counter(dict(connection.execute("select reason, count(*) from record.quarantine group by 1")))
        (left,) = connection.execute(WAITING).fetchone() or (0,)
    expected = TABLE["counts"][name]
    assert counts.pieces["HL7 v2"] == read == expected["read"] - expected["same_file"]
    assert counts.refused["HL7 v2"] == expected["refused"]
    assert kept == expected["kept"] and left == 0
    assert expected["known"] == expected["read"] - kept - counts.refused["HL7 v2"]
    assert counts.quarantined == counts.refused["HL7 v2"], reasons  # nothing that was kept could not be made FHIR
    empty = sum(not data.strip() for data in messages(name).values())
    assert len(counts.left_out) == empty


@pytest.mark.parametrize("name", whole_sets())
def test_every_message_through_the_listener_is_answered_and_has_the_fate_it_has_in_a_file(
    database: Database, name: str
) -> None:
    peers = Peers((Peer(name, (ip_network("127.0.0.0/8"),), acknowledge="original"),))
    framed_alone = [f.data for data in messages(name).values() for f in frames.messages(io.BytesIO(data)) if f.whole]

    async def talk() -> Counter[str]:
        async with running(database, peers) as one:
            client, answers = await one.connect(), Counter[str]()
            for start in range(0, len(framed_alone), 50):
                portion = framed_alone[start : start + 50]
                await client.send(framed(*portion))
                answers.update([(await client.answer())[1] for _ in portion])
            counts = await one.end()
            assert counts.get("read", 0) == len(framed_alone)
            assert counts["read"] == sum(counts.get(k, 0) for k in ("stored", "known", "quarantined"))
        return answers

    answers = asyncio.run(talk())
    expected = TABLE["counts"][name]
    cut_off = sum(not f.whole for data in messages(name).values() for f in frames.messages(io.BytesIO(data)))
    assert answers["AA"] == expected["kept"] + expected["known"]
    assert answers["AE"] + answers["AR"] == expected["refused"] - cut_off
    with database.connection() as connection:
        assert connection.execute("select count(*) from record.message").fetchone() == (expected["kept"],)


def malformed() -> Iterator[dict[str, str]]:
    archive = open_archive("03_hl7v2/malformed_hl7v2.zip")
    for line in archive.read("manifest.ndjson").splitlines() if archive else ():
        yield json.loads(line)


@pytest.mark.parametrize("case", cases_or_skip([pytest.param(c, id=c["file"]) for c in malformed()]))
def test_malformed_messages_behave_as_their_manifest_says(
    database: Database, tmp_path: Path, case: dict[str, str]
) -> None:
    data = messages("malformed_hl7v2")[case["file"]]
    (tmp_path / case["file"]).write_bytes(data)
    counts = run(database, tmp_path, source="bad")
    taken = counts.pieces["HL7 v2"] - counts.refused["HL7 v2"]
    wants = "reject" if case["file"] in TABLE["judged"] else case["expect"]
    if "process both" in wants:
        assert taken in (0, 2)
    elif wants.startswith(("reject", "wait")):
        assert taken == 0 and counts.stored == 0 and counts.refused["HL7 v2"] == bool(data)
    elif wants.startswith("accept (AA);"):
        assert taken and counts.refused["HL7 v2"] == 0 and counts.stored
    else:
        assert taken + counts.refused["HL7 v2"] == counts.pieces["HL7 v2"] >= 1
    if taken:
        _holds(case["defect"], _bodies(database))


def _bodies(database: Database) -> list[dict]:
    with database.connection() as connection:
        found = connection.execute("select body from record.resource where known_to is null").fetchall()
    return [json.loads(body) for (body,) in found]


def _holds(defect: str, bodies: list[dict]) -> None:
    """What the manifest says of the text itself."""
    patients = [b for b in bodies if b["resourceType"] == "Patient"]
    names = [n.get("family", "") + "".join(n.get("given", ())) for p in patients for n in p.get("name", ())]
    if defect == "bad_birth_date":
        assert patients and not any("birthDate" in p for p in patients)
    elif defect == "csv_formula_in_name":
        assert any("=HYPERLINK" in n for n in names)
    elif defect == "script_in_name":
        assert any("<script>" in n for n in names)
    elif defect == "sql_in_id":
        assert any("DROP TABLE" in i["value"] for p in patients for i in p["identifier"])
    elif defect == "duplicate_control_id":
        assert len([b for b in bodies if b["resourceType"] == "Encounter"]) <= 1
    elif defect == "utf8_in_ascii":
        assert any(not n.isascii() for n in names)


Facts = dict[str, set[str]]


def facts(resources: list[dict]) -> Facts:
    """The key facts of some resources: numbers, names, days, class, codes. Times are instants, to the minute."""
    found: Facts = defaultdict(set)
    for one in resources:
        kind = one["resourceType"]
        if kind == "Patient":
            found["number"] |= {i["value"] for i in one.get("identifier", ()) if "value" in i}
            found["family"] |= {n["family"] for n in one.get("name", ()) if n.get("family")}
            found["born"] |= {one[n] for n in ("birthDate",) if n in one}
            found["sex"] |= {one[n] for n in ("gender",) if n in one}
        elif kind == "Encounter":
            found["class"] |= {one["class"].get("code", "")}
            found["start"] |= {_minute(t) for t in [one.get("period", {}).get("start")] if t}
            found["end"] |= {_minute(t) for t in [one.get("period", {}).get("end")] if t}
        elif kind in ("Condition", "AllergyIntolerance", "Immunization", "Procedure", "Observation"):
            concept = one.get("code") or one.get("vaccineCode") or {}
            found[kind] |= {c["code"] for c in concept.get("coding", ()) if "code" in c}
    return found


def _minute(text: str) -> str:
    at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return f"{at.astimezone(UTC) if at.tzinfo else at:%Y-%m-%d %H:%M}"


def ours(data: bytes) -> list[dict]:
    """What we make of each message of a file alone."""
    zone, made = ZoneInfo("America/New_York"), []
    for framed_one in frames.messages(io.BytesIO(data)):
        told = defaultdict(list)
        for thing, spoken in things(Said.of(framed_one.data, "ms", zone)):
            told[thing].append(spoken)
        made += [without_blanks(r) for (kind, id), spoken in told.items() for r in FOLDS[kind](id, spoken)]
    return made


def compared() -> list:
    archive = open_archive("03_hl7v2/ms_fhir_converter_messages.zip")
    theirs = {n.removeprefix("fhir_by_ms_templates/")[:-5] for n in archive.namelist()} if archive else set()
    names = [n for n in messages("ms_fhir_converter_messages") if n.removeprefix("messages/")[:-4] in theirs]
    return [pytest.param(n, id=n.removeprefix("messages/")) for n in names]


@pytest.mark.parametrize("name", cases_or_skip(compared()))
def test_key_facts_are_those_of_other_peoples_templates_but_for_what_is_judged(name: str) -> None:
    archive, short = open_archive("03_hl7v2/ms_fhir_converter_messages.zip"), name.removeprefix("messages/")[:-4]
    assert archive is not None
    bundle = json.loads(archive.read(f"fhir_by_ms_templates/{short}.json"))
    mine, theirs = facts(ours(archive.read(name))), facts([e["resource"] for e in bundle["entry"]])
    found = {
        f"{kind} {which}": sorted(values)
        for kind in sorted(mine.keys() | theirs.keys())
        for which, values in (("only ours", mine[kind] - theirs[kind]), ("only theirs", theirs[kind] - mine[kind]))
        if values
    }
    judged = TABLE["differences"].get(short, {})
    assert found == {what: one["values"] for what, one in judged.items()}
    assert all(set(one["why"]) <= TABLE["why"].keys() for one in judged.values())
