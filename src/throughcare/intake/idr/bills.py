"""Bills: a row of CLM with its lines, dates and codes, as ExplanationOfBenefit."""

from throughcare.faults import Malformed
from throughcare.intake.claims import ICD9, ICD10, NDC, NPI, PCS, PCS9, Claim, Line, explanation, service_system
from throughcare.intake.formats import Given
from throughcare.intake.hmis.read import Row
from throughcare.intake.idr.beside import Beside, codes
from throughcare.intake.idr.people import patient_id
from throughcare.intake.idr.values import amount, day, word
from throughcare.intake.shapes import Resource, identifier, resource_id

CLAIM_NUMBER = "https://bluebutton.cms.gov/resources/variables/clm_uniq_id"
CLAIM_TYPE = "https://bluebutton.cms.gov/resources/variables/nch_clm_type_cd"
_PROCEDURE, _ICD9 = "S", "9"
_MODIFIERS = [f"HCPCS_{n}_MDFR_CD" for n in range(1, 6)]


def bill(row: Row, beside: Beside, given: Given) -> Resource:
    """The claim. Malformed while it is still on its way through a contractor's system: its final form comes later."""
    kind = codes()["type"].get(row["CLM_TYPE_CD"])
    if kind is None:
        raise Malformed(f"{row.place}: the claim (type {row['CLM_TYPE_CD'][:8]}) is not final yet at its contractor.")
    start = day(row, "CLM_FROM_DT")
    if not start or not row["BENE_SK"] or not row["CLM_UNIQ_ID"]:
        raise Malformed(f"{row.place}: CLM_FROM_DT, BENE_SK or CLM_UNIQ_ID is missing.")
    dates = beside.days.get(row["CLM_DT_SGNTR_SK"])
    processed = day(dates, "CLM_NCH_WKLY_PROC_DT") if dates else ""
    made = Claim(
        id=resource_id(given.source, "claim", row["CLM_UNIQ_ID"]), kind=kind[0], setting=kind[2],
        patient_id=patient_id(given, row["BENE_SK"]), number=row["CLM_UNIQ_ID"], number_system=CLAIM_NUMBER,
        created=processed or day(row, "CLM_IDR_LD_DT") or start, start=start, end=day(row, "CLM_THRU_DT") or start,
        status="cancelled" if row["CLM_LTST_CLM_IND"] == "N" else "active",
        insurer={"display": "Medicare", "identifier": {"value": "CMS"}}, provider=_provider(row),
        member=row["BENE_SK"], paid=amount(row, "CLM_PMT_AMT"), paid_on=day(row, "CLM_PD_DT") or processed,
        money={"submitted": amount(row, "CLM_SBMT_CHRG_AMT"), "eligible": amount(row, "CLM_ALOWD_CHRG_AMT")},
        team=[(role, word(row, column), "", "") for column, role in codes()["team"].items() if word(row, column)],
    )  # fmt: skip
    _coded(made, beside.part("CLM_PROD", row))
    days = {
        part["CLM_LINE_NUM"]: day(part, "CLM_LINE_INSTNL_REV_CTR_DT") for part in beside.part("CLM_LINE_INSTNL", row)
    }
    lines = sorted(beside.part("CLM_LINE", row), key=lambda line: line["CLM_LINE_NUM"].rjust(6))
    made.lines = [_line(n, line, made, days) for n, line in enumerate(lines, 1)]
    if made.kind == "institutional":
        _stay(made, row, beside, dates)
    resource = explanation(made)
    resource["type"]["coding"].append({"system": CLAIM_TYPE, "code": row["CLM_TYPE_CD"], "display": kind[1]})
    return resource


def _provider(row: Row) -> Resource:
    """Whoever billed, by NPI: of a drug event the pharmacy."""
    for column in ("PRVDR_BLG_PRVDR_NPI_NUM", "CLM_BLG_PRVDR_NPI_NUM", "CLM_SRVC_PRVDR_GNRC_ID_NUM"):
        if npi := word(row, column):
            return {"identifier": identifier(NPI, npi, "NPI")}
    number = word(row, "CLM_BLG_PRVDR_OSCAR_NUM")
    return {"identifier": identifier("urn:oid:2.16.840.1.113883.4.336", number, "PRN")} if number else {}


def _coded(made: Claim, parts: list[Row]) -> None:
    """Diagnoses, the principal first, each once; and procedures."""
    parts = sorted(parts, key=lambda part: (part["CLM_PROD_TYPE_CD"] != "P", part["CLM_VAL_SQNC_NUM"].rjust(4)))
    seen: set[tuple[str, str]] = set()
    for part in parts:
        ninth = part["CLM_DGNS_PRCDR_ICD_IND"] == _ICD9
        if part["CLM_PROD_TYPE_CD"] == _PROCEDURE:
            code, system = word(part, "CLM_PRCDR_CD"), PCS9 if ninth else PCS
            made.procedures += [(code, system, day(part, "CLM_PRCDR_PRFRM_DT"))] if code else []
            continue
        kind = codes()["code"].get(part["CLM_PROD_TYPE_CD"], "other")
        code, system = word(part, "CLM_DGNS_CD"), ICD9 if ninth else ICD10
        if code and (kind, code) not in seen and not (kind == "other" and ("principal", code) in seen):
            seen.add((kind, code))
            made.diagnoses.append((kind, code, system, word(part, "CLM_POA_IND")))


def _stay(made: Claim, row: Row, beside: Beside, dates: Row | None) -> None:
    parts = beside.part("CLM_INSTNL", row)
    made.bill_type = "".join(word(row, f"CLM_BILL_{name}_CD") for name in ("FAC_TYPE", "CLSFCTN", "FREQ"))
    if parts:
        made.disposition = word(parts[0], "BENE_PTNT_STUS_CD").rjust(2, "0") * bool(word(parts[0], "BENE_PTNT_STUS_CD"))
        made.drg = word(parts[0], "DGNS_DRG_CD").rjust(3, "0") * bool(word(parts[0], "DGNS_DRG_CD"))
    if made.setting == "inpatient":
        made.admitted = (day(dates, "CLM_ACTV_CARE_FROM_DT") if dates else "") or made.start
        left = (day(dates, "CLM_DSCHRG_DT") if dates else "") or made.end
        made.discharged = "" if made.disposition == "30" else left


def _line(number: int, line: Row, made: Claim, days: dict[str, str]) -> Line:
    drug = word(line, "CLM_LINE_NDC_CD") if made.kind == "pharmacy" else ""
    code = drug or word(line, "CLM_LINE_HCPCS_CD")
    reason = word(line, "CLM_LINE_DGNS_CD")
    known = [one[1] for one in made.diagnoses]
    npi = word(line, "CLM_RNDRG_PRVDR_NPI_NUM")
    start = day(line, "CLM_LINE_FROM_DT") or days.get(line["CLM_LINE_NUM"], "") or made.start
    return Line(
        number, code, NDC if drug else service_system(code), [m for name in _MODIFIERS if (m := word(line, name))],
        start, day(line, "CLM_LINE_THRU_DT"), place=word(line, "CLM_POS_CD"),
        revenue=word(line, "CLM_LINE_REV_CTR_CD") if made.kind == "institutional" else "",
        units=amount(line, "CLM_LINE_NDC_QTY" if drug else "CLM_LINE_SRVC_UNIT_QTY"),
        diagnoses=[known.index(reason) + 1] if reason in known else [],
        performed_by=npi, tin=word(line, "CLM_RNDRG_PRVDR_TAX_NUM"),
        money={"submitted": amount(line, "CLM_LINE_SBMT_CHRG_AMT"), "eligible": amount(line, "CLM_LINE_ALOWD_CHRG_AMT"),
               "benefit": amount(line, "CLM_LINE_CVRD_PD_AMT"), "noncovered": amount(line, "CLM_LINE_NCVRD_CHRG_AMT")},
    )  # fmt: skip
