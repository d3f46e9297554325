"""People: a beneficiary with their Medicare numbers and when each held, and what Medicare and Medicaid cover them by.

A number that stands at several beneficiaries is given to none, unless CMS's own cross-reference says that they are one:
so CMS itself keeps people apart whom somebody joined by mistake.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from throughcare.faults import Malformed
from throughcare.intake.claims import MBI
from throughcare.intake.formats import Given
from throughcare.intake.hmis.read import Row
from throughcare.intake.idr.beside import Beside, codes
from throughcare.intake.idr.values import day
from throughcare.intake.shapes import Resource, coded, identifier, reference, resource_id, without_blanks

_FULL_MEDICAID = ("02", "04", "08")


def patient_id(given: Given, number: str) -> str:
    return resource_id(given.source, "Patient", number)


def is_newer(row: Row) -> tuple[bool, str]:
    """Orders the rows of one beneficiary: the one CMS calls the latest, else what was found out of date last."""
    return row["IDR_LTST_TRANS_FLG"] == "Y", row["IDR_TRANS_OBSLT_TS"]


def told_at(several: list[Row]) -> datetime | None:
    """When the repository last wrote one of the rows."""
    said = [at for row in several for name in ("IDR_UPDT_TS", "IDR_INSRT_TS") if (at := moment(row, name))]
    return max(said, default=None)


def moment(row: Row, column: str) -> datetime | None:
    """A moment, or a day, as the repository writes it; None where it is none."""
    try:
        return datetime.fromisoformat(row[column]).replace(tzinfo=None)
    except ValueError:
        return None


def of_several(told: Mapping[str, list[Row]], beside: Beside) -> set[str]:
    """Medicare numbers of several beneficiaries, where no cross-reference that stands makes them one."""
    holders: dict[str, set[str]] = defaultdict(set)
    for number, several in told.items():
        for row in several:
            if (row["BENE_XREF_EFCTV_SK"], number) not in beside.crossed:
                holders[row["BENE_MBI_ID"]].add(number)
    return {mbi for mbi, numbers in holders.items() if len(numbers) > 1}


def beneficiary(several: list[Row], newest: Row, beside: Beside, shared: set[str], given: Given) -> list[Resource]:
    """The person; the numbers of rows from before hold until another took their place."""
    number, present = newest["BENE_SK"], newest["BENE_XREF_EFCTV_SK"]
    moved = (present, number) in beside.crossed and present != number
    mbis = dict.fromkeys(row["BENE_MBI_ID"] for row in several if row["BENE_MBI_ID"])
    ids = [identifier(f"urn:throughcare:beneficiary:{given.source}", number, "MB")]
    ids += [{**identifier(MBI, mbi, "MB"), "period": _held(mbi, beside)} for mbi in mbis if mbi not in shared]
    language = codes()["language"].get(newest["CNTCT_LANG_CD"], "")
    made: Resource = {
        "resourceType": "Patient",
        "id": patient_id(given, number),
        "active": False if moved else None,
        "identifier": ids,
        "name": [{"family": newest["BENE_LAST_NAME"], "given": [newest["BENE_1ST_NAME"], newest["BENE_MIDL_NAME"]]}],
        "gender": codes()["sex"].get(newest["BENE_SEX_CD"], ""),
        "birthDate": day(newest, "BENE_BRTH_DT"),
        "deceasedDateTime": day(newest, "BENE_DEATH_DT"),
        "address": [_address(newest)],
        "communication": [{"language": coded(language, "urn:ietf:bcp:47")}] if language else [],
        "link": [{"other": reference("Patient", patient_id(given, present)), "type": "replaced-by"}] if moved else [],
    }
    return [without_blanks(made), *_coverage(number, next(reversed(mbis), number), beside, given)]


def _address(row: Row) -> Resource:
    lines = [row[f"BENE_LINE_{n}_ADR"] for n in range(1, 7)]
    zip_code = row["GEO_ZIP5_CD"].rjust(5, "0") if row["GEO_ZIP5_CD"] else ""
    return {"line": lines, "city": row["GEO_ZIP_PLC_NAME"], "state": row["GEO_USPS_STATE_CD"], "postalCode": zip_code}


def _held(mbi: str, beside: Beside) -> Resource:
    row = beside.mbi.get(mbi)
    start, end = (day(row, f"BENE_MBI_{name}_DT") if row else "" for name in ("EFCTV", "OBSLT"))
    return {"start": start, "end": end} if not end or start <= end else {}


def _coverage(number: str, subscriber: str, beside: Beside, given: Given) -> list[Resource]:
    """What the person is entitled to now, as one Coverage from the first day of a part that still holds."""
    parts = [
        row for row in beside.of_people["BENE_MDCR_ENTLMT"].get(number, []) if row["BENE_MDCR_ENTLMT_STUS_CD"] == "Y"
    ]
    if not parts:
        return []
    ends = [day(row, "BENE_RNG_END_DT") for row in parts]
    duals = [row["BENE_DUAL_STUS_CD"] for row in beside.of_people["BENE_CMBND_DUAL_MDCR"].get(number, [])]
    dual = next((code for code in reversed(duals) if code.isdecimal()), "")
    said = {f"part-{kind.lower()}": any(row["BENE_MDCR_ENTLMT_TYPE_CD"] == kind for row in parts) for kind in "AB"}
    said |= {"medicaid-full": dual in _FULL_MEDICAID} if dual else {}
    starts = [start for row in parts if (start := day(row, "BENE_RNG_BGN_DT"))]
    if not starts:
        raise Malformed(f"{parts[0].place}: BENE_RNG_BGN_DT is missing.")
    extensions = [{"url": f"urn:throughcare:{name}", "valueBoolean": value} for name, value in said.items()]
    made: Resource = {
        "resourceType": "Coverage",
        "id": resource_id(given.source, "Coverage", number),
        "extension": extensions + [{"url": "urn:throughcare:dual-status", "valueCode": dual}] * bool(dual),
        "status": "active",
        "type": coded("medicare", "urn:throughcare:plan-kind"),
        "subscriberId": subscriber,
        "beneficiary": reference("Patient", patient_id(given, number)),
        "relationship": coded("self", "http://terminology.hl7.org/CodeSystem/subscriber-relationship"),
        "period": {"start": min(starts), "end": max(ends) if all(ends) else ""},
        "payor": [{"display": "Medicare", "identifier": {"value": "CMS"}}],
    }
    return [without_blanks(made)]
