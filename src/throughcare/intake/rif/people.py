"""People: a beneficiary with what Medicare covers them by, month by month as one Coverage for each year and part."""

from collections.abc import Iterator

from throughcare.faults import Malformed
from throughcare.intake.claims import MBI
from throughcare.intake.formats import Given
from throughcare.intake.rif.read import Row
from throughcare.intake.rif.values import day, tables
from throughcare.intake.shapes import Resource, coded, identifier, reference, resource_id, without_blanks

BENEFICIARY = "https://bluebutton.cms.gov/resources/variables/bene_id"
_PARTS = {"a": "13AC", "b": "23BC"}  # MDCR_ENTLMT_BUYIN: hospital insurance, medical insurance
_DUAL_FULL = ("02", "04", "08")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEPT", "OCT", "NOV", "DEC")


def beneficiary(row: Row, given: Given) -> list[Resource]:
    """The person, and their coverage of the year that the row is about."""
    if not row["BENE_ID"]:
        raise Malformed(f"Line {row.number}: BENE_ID is missing.")
    patient = resource_id(given.source, "Patient", row["BENE_ID"])
    return [_patient(row, patient), *_coverages(row, given, patient)]


def former(row: Row, given: Given) -> list[Resource]:
    """What a beneficiary was called before: a record of its own, which CMS says is the same person's."""
    if not row["BENE_ID"]:
        raise Malformed(f"Line {row.number}: BENE_ID is missing.")
    patient = resource_id(given.source, "Patient", row["BENE_ID"])
    key = row["BENE_CRNT_HIC_NUM"], row["MBI_NUM"], day(row, "EFCTV_BGN_DT"), row["BENE_BIRTH_DT"]
    made = _patient(row, resource_id(given.source, "Patient before", row["BENE_ID"], *key))
    made["identifier"] = [one for one in made["identifier"] if one["system"] != BENEFICIARY]
    link = {"other": reference("Patient", patient), "type": "replaced-by"}
    found: Resource = without_blanks({**made, "active": False, "link": [link]})
    return [found]


def months_left_out(row: Row, given: Given, made: list[Resource]) -> list[tuple[str, str]]:
    """Coverages of the same year that an earlier file may have told of and this one does not."""
    year = row["RFRNC_YR"]
    ids = {one["id"] for one in made}
    all_ids = [_coverage_id(row, given, year, month) for month in range(1, 13)] if len(ids) > 1 else []
    return [("Coverage", id) for id in all_ids if id not in ids]


def _coverage_id(row: Row, given: Given, year: str, first: int) -> str:
    return resource_id(given.source, "Coverage", row["BENE_ID"], year, str(first))


def _patient(row: Row, id: str) -> Resource:
    lines = [row[f"DRVD_LINE_{n}_ADR"] for n in range(1, 7)]
    zip_code = row["BENE_ZIP_CD"] or row["STATE_CNTY_ZIP_CD"][:5]
    state = row["STATE_CODE"] if row["STATE_CODE"].isalpha() else row["STATE_CD"]
    numbers = [identifier(BENEFICIARY, row["BENE_ID"], "MB")]
    numbers += [identifier(MBI, row["MBI_NUM"].replace("-", ""), "MB")] if row["MBI_NUM"] else []
    made: Resource = without_blanks(
        {
            "resourceType": "Patient",
            "id": id,
            "identifier": numbers,
            "name": [{"family": row["BENE_SRNM_NAME"], "given": [row["BENE_GVN_NAME"], row["BENE_MDL_NAME"]]}],
            "gender": tables()["sex"].get(row["BENE_SEX_IDENT_CD"], ""),
            "birthDate": day(row, "BENE_BIRTH_DT"),
            "deceasedDateTime": day(row, "DEATH_DT"),
            "address": [{"line": lines, "city": row["CITY_NAME"], "state": state, "postalCode": zip_code}],
        }
    )
    return made


def _coverages(row: Row, given: Given, patient: str) -> Iterator[Resource]:
    """One for each stretch of months that are alike in parts, plans and Medicaid."""
    year = row["RFRNC_YR"]
    if not (year.isdecimal() and len(year) == 4 and year.isascii() and int(year) >= 1965):
        return
    months = [_month(row, n) for n in range(12)]
    start = 0
    for end in range(1, 13):
        if end == 12 or months[end] != months[start]:
            if any(months[start][:4]):
                yield _coverage(row, given, patient, (int(year), start + 1, end), months[start])
            start = end


def _month(row: Row, n: int) -> tuple[bool, bool, bool, bool, str]:
    """Part A, part B, a managed plan, a drug plan, dual status: of one month."""
    entitled = row[f"MDCR_ENTLMT_BUYIN_{n + 1}_IND"]
    managed = row[f"HMO_{n + 1}_IND"] not in ("", "0", "4")
    contract = row[f"PTD_CNTRCT_{_MONTHS[n]}_ID"]
    drugs = bool(contract) and contract not in ("N", "0", "*", "X")
    dual = row[f"META_DUAL_ELGBL_STUS_{_MONTHS[n]}_CD"]
    part_a, part_b = (bool(entitled) and entitled in _PARTS[part] for part in "ab")
    return part_a, part_b, managed, drugs, dual if dual.isdecimal() and dual not in ("00", "99") else ""


def _coverage(
    row: Row, given: Given, patient: str, when: tuple[int, int, int], month: tuple[bool, bool, bool, bool, str]
) -> Resource:  # fmt: skip
    (year, first, last), (part_a, part_b, managed, drugs, dual) = when, month
    days = 31 if last in (1, 3, 5, 7, 8, 10, 12) else 30 if last != 2 else 29 if _leap(year) else 28
    said = {"part-a": part_a, "part-b": part_b, "managed": managed, "part-d": drugs}
    extensions = [{"url": f"urn:throughcare:{name}", "valueBoolean": value} for name, value in said.items()]
    extensions += [{"url": "urn:throughcare:dual-status", "valueCode": dual}] if dual else []
    extensions += [{"url": "urn:throughcare:medicaid-full", "valueBoolean": dual in _DUAL_FULL}] if dual else []
    why = row["BENE_ENTLMT_RSN_ORIG"]
    extensions += [{"url": "urn:throughcare:entitled-by", "valueCode": why}] if why else []
    if row["BENE_ESRD_IND"] in ("Y", "N"):
        extensions.append({"url": "urn:throughcare:esrd", "valueBoolean": row["BENE_ESRD_IND"] == "Y"})
    kind = "medicare_advantage" if managed else "medicare"
    made: Resource = without_blanks(
        {
            "resourceType": "Coverage",
            "id": _coverage_id(row, given, str(year), first),
            "extension": extensions,
            "status": "active",
            "type": coded(kind, "urn:throughcare:plan-kind"),
            "subscriberId": row["MBI_NUM"] or row["BENE_ID"],
            "beneficiary": reference("Patient", patient),
            "relationship": coded("self", "http://terminology.hl7.org/CodeSystem/subscriber-relationship"),
            "period": {"start": f"{year}-{first:02}-01", "end": f"{year}-{last:02}-{days}"},
            "payor": [{"display": "Medicare", "identifier": {"value": "CMS"}}],
        }
    )
    return made


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
