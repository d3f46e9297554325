"""Months that come in any order end as the newest says: by the date of the file, not by the hour it was loaded."""

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from throughcare.intake import quarantine
from throughcare.stores.postgres import Database

from .loading import run
from .test_cclf import PERSON, STAY, line
from .test_hmis import EXPORT, client, table
from .test_rif import CARRIER, text
from .test_rif import PERSON as BENEFICIARY

CCLF = "P.A0001.ACO.ZC{}Y26.D260{}15.T1000000"


def cclf(folder: Path) -> list[Path]:
    """Three months: a family name changes, then a stay is cancelled."""
    months = []
    for month, name in ((1, "LOPEZ"), (2, "RIVERA"), (3, "REYES")):
        (at := folder / f"month{month}").mkdir()
        (at / CCLF.format(8, month)).write_text(PERSON.replace("LOPEZ".ljust(40), name.ljust(40)))
        stay = {**STAY, "adjustment": "1" if month == 3 else "0", "effective": f"2026-0{month}-10"}
        (at / CCLF.format(1, month)).write_text(line("1", **stay))
        months.append(at)
    return months


def hmis(folder: Path) -> list[Path]:
    """Three exports: a client is renamed, then withdrawn; another is told of in the first alone."""
    exports = []
    for month, more in ((1, {}), (2, {"LastName": "Rivera"}), (3, {"DateDeleted": "2026-03-02"})):
        (at := folder / f"export{month}").mkdir()
        head = EXPORT | {"ExportDate": f"2026-0{month}-05 10:00:00"}
        others = [client("B")] if month == 1 else []
        tables = (("Export", [head]), ("Client", [client("A") | more, *others]))
        for name, rows in tables:
            (at / f"{name}.csv").write_bytes(table(name, *rows).open().read())
        exports.append(at)
    return exports


def rif(folder: Path) -> list[Path]:
    """Three weeks of a claim, the last of which withdraws it; and a beneficiary of three years."""
    files = []
    for week, verb in ((6, "INSERT"), (13, "UPDATE"), (20, "DELETE")):
        claim = CARRIER | {"DML_IND": verb, "NCH_WKLY_PROC_DT": f"{week:02}-NOV-2025", "CLM_PMT_AMT": f"{week}.00"}
        (at := folder / f"week{week:02}").mkdir()
        (at / "claims.txt").write_bytes(text(claim))
        (at / "people.txt").write_bytes(text(BENEFICIARY | {"RFRNC_YR": f"20{week:02}", "BENE_SRNM_NAME": f"N{week}"}))
        files.append(at)
    return files


def held(database: Database, resource_type: str) -> list[dict[str, Any]]:
    """What stands now of a type."""
    sql = "select body from record.resource where known_to is null and not deleted and resource_type = %s"
    with database.connection() as connection:
        return [json.loads(body) for (body,) in connection.execute(sql, [resource_type])]


@pytest.mark.parametrize("months", [cclf, hmis, rif])
@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_the_newest_word_stands_in_whatever_order_it_comes(
    months, order: tuple[int, ...], database: Database, tmp_path: Path
) -> None:
    files = months(tmp_path)
    counts = [run(database, files[n], source="them") for n in order]
    assert sum(one.quarantined for one in counts) == 0 and not quarantine.listed(database)
    people = [one["name"][0]["family"] for one in held(database, "Patient")]
    # of the shelters, only the client that the first export alone tells of: the other is withdrawn
    assert people == {"cclf": ["REYES"], "hmis": ["Reyes"], "rif": ["N20"]}[months.__name__]
    assert len(held(database, "Coverage")) == {"cclf": 1, "hmis": 0, "rif": 6}[months.__name__]
    claims = held(database, "ExplanationOfBenefit")
    assert [one["status"] for one in claims] == (["cancelled"] if months is cclf else [])


def test_an_older_month_adds_what_no_newer_one_knows(database: Database, tmp_path: Path) -> None:
    january, _, march = cclf(tmp_path)
    other = PERSON.replace("1EG4TE5MK73", "1EG4TE5MK72").replace("ANA", "EVA")
    with (january / CCLF.format(8, 1)).open("a") as file:
        file.write("\n" + other)
    run(database, march, source="them")
    counts = run(database, january, source="them")
    assert (counts.stored, counts.known) == (2, 3)  # Eva and her coverage; Ana's two and her stay are known newer
    assert run(database, january, source="them", again=True).stored == 0
    with database.connection() as connection:
        assert connection.execute("select count(*) from record.told").fetchone() == (5,)


def test_a_refused_row_says_its_own_file_and_line(database: Database, tmp_path: Path) -> None:
    (january, *_) = cclf(tmp_path)
    with (january / CCLF.format(8, 1)).open("a") as file:
        file.write("\n" + PERSON.replace("1EG4TE5MK73", "XEG4TE5MK73"))
    _, export, _ = hmis(tmp_path)
    (export / "Client.csv").write_bytes(table("Client", client("A"), client("B", DOB="no day")).open().read())
    run(database, january, export, source="them")
    kept = {(Path(entry.file).name, entry.line) for entry in quarantine.listed(database)}
    assert kept == {(CCLF.format(8, 1), 2), ("Client.csv", 3)}


def test_what_says_no_date_is_taken_as_it_comes(database: Database, tmp_path: Path) -> None:
    for name in ("ANA", "EVA", "ANA"):
        (tmp_path / "P.ZC8Y26").write_text(PERSON.replace("ANA".ljust(30), name.ljust(30)))
        run(database, tmp_path, source="them", again=True)
    (patient,) = held(database, "Patient")
    assert patient["name"][0]["given"] == ["ANA"]
