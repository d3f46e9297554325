"""Bills: the rows of one claim, or of one drug event, as the ExplanationOfBenefit that CMS's own service makes."""

from collections.abc import Iterator

from throughcare.faults import Malformed
from throughcare.intake.claims import NDC, NPI, Claim, Line, explanation, service_system
from throughcare.intake.formats import Given
from throughcare.intake.rif.read import Kind, Row
from throughcare.intake.rif.values import amount, day, diagnosis_system, procedure_system, tables
from throughcare.intake.shapes import Resource, identifier, resource_id

CLAIM_NUMBER = "https://bluebutton.cms.gov/resources/variables/clm_id"
DRUG_NUMBER = "https://bluebutton.cms.gov/resources/variables/pde_id"
CLAIM_TYPE = "https://bluebutton.cms.gov/resources/variables/nch_clm_type_cd"
_MOST_DIAGNOSES = 25
_DENIED = "0"  # CARR_CLM_PMT_DNL_CD
_MODIFIERS = [f"HCPCS_{n}_MDFR_CD" for n in ("1ST", "2ND", "3RD", "4TH", "5TH")]


def claim_id(given: Given, number: str) -> str:
    return resource_id(given.source, "claim", number)


def bill(rows: list[Row], kind: Kind, given: Given) -> Resource:
    """All rows of one claim, one for each line."""
    first, columns = rows[0], tables()[kind.name.lower()]
    hospital = kind is Kind.INSTITUTIONAL
    what = tables()["type"].get(first["NCH_CLM_TYPE_CD"], ["", ""])
    if not first["BENE_ID"]:
        raise Malformed(f"Line {first.number}: BENE_ID is missing.")
    made = Claim(
        id=claim_id(given, first["CLM_ID"]), kind=kind.name.lower(), setting=what[1] if hospital else "",
        patient_id=resource_id(given.source, "Patient", first["BENE_ID"]),
        created=day(first, "NCH_WKLY_PROC_DT") or day(first, "CLM_THRU_DT", needed=True),
        number=first["CLM_ID"], number_system=CLAIM_NUMBER,
        start=day(first, "CLM_FROM_DT", needed=True), end=day(first, "CLM_THRU_DT", needed=True),
        insurer={"display": "Medicare", "identifier": {"value": "CMS"}}, provider=_provider(first),
        member=first["BENE_ID"], paid=amount(first, "CLM_PMT_AMT"), paid_on=day(first, "NCH_WKLY_PROC_DT"),
        money={"submitted": amount(first, columns["charge"]), "eligible": amount(first, columns.get("allowed", ""))},
        team=[(role, first[column], "", "") for column, role in tables()["team"].items() if first[column]],
        diagnoses=list(_diagnoses(first)), procedures=list(_procedures(first)),
        lines=[_line(n, row, columns) for n, row in enumerate(rows, 1)],
    )  # fmt: skip
    _of_lines(made, rows)
    if hospital:
        _stay(made, first)
    resource = explanation(made)
    resource["type"]["coding"].append({"system": CLAIM_TYPE, "code": first["NCH_CLM_TYPE_CD"], "display": what[0]})
    return resource


def _provider(row: Row) -> Resource:
    """Whoever billed: by NPI, else by the number that Medicare gave the institution."""
    npi, number = row["ORG_NPI_NUM"], row["PRVDR_NUM"]
    if npi.strip("0"):
        return {"identifier": identifier(NPI, npi, "NPI")}
    if number:
        return {"identifier": identifier("urn:oid:2.16.840.1.113883.4.336", number, "PRN")}
    return {}


def _stay(made: Claim, row: Row) -> None:
    made.bill_type = row["CLM_FAC_TYPE_CD"] + row["CLM_SRVC_CLSFCTN_TYPE_CD"] + row["CLM_FREQ_CD"]
    made.disposition, made.drg = (
        row["PTNT_DSCHRG_STUS_CD"].rjust(2, "0") * bool(row["PTNT_DSCHRG_STUS_CD"]),
        row["CLM_DRG_CD"],
    )
    if made.setting == "inpatient":
        made.admitted = day(row, "CLM_ADMSN_DT")
        made.discharged = day(row, "NCH_BENE_DSCHRG_DT") if made.disposition != "30" else ""


def _diagnoses(row: Row) -> Iterator[tuple[str, str, str, str]]:
    """The principal one, then others in their order; one that stands twice is told once, with what says most."""
    principal = row["PRNCPAL_DGNS_CD"], row["PRNCPAL_DGNS_VRSN_CD"]
    others = [
        (row[f"ICD_DGNS_CD{n}"], row[f"ICD_DGNS_VRSN_CD{n}"], row[f"CLM_POA_IND_SW{n}"])
        for n in range(1, _MOST_DIAGNOSES + 1)
    ]
    present = next((p for code, version, p in others if (code, version) == principal), "")
    told = [("principal", *principal, present), *(("other", *one) for one in others)]
    told += [("admitting", row["ADMTG_DGNS_CD"], row["ADMTG_DGNS_VRSN_CD"], "")]
    told += [("patientreasonforvisit", row[f"RSN_VISIT_CD{n}"], row[f"RSN_VISIT_VRSN_CD{n}"], "") for n in (1, 2, 3)]
    told += [
        ("externalcauseofinjury", row[f"ICD_DGNS_E_CD{n}"], row[f"ICD_DGNS_E_VRSN_CD{n}"], row[f"CLM_E_POA_IND_SW{n}"])
        for n in range(1, 13)
    ]
    met: set[tuple[str, str]] = set()
    for kind, code, version, poa in told:
        again = kind == "other" and (code, version) in met
        if code and not again:
            met.add((code, version))
            yield kind, code, diagnosis_system(version), poa


def _of_lines(made: Claim, rows: list[Row]) -> None:
    """What a line was for: one of the claim's diagnoses, or one that only the line names."""
    for line, row in zip(made.lines, rows, strict=True):
        if code := row["LINE_ICD_DGNS_CD"]:
            system = diagnosis_system(row["LINE_ICD_DGNS_VRSN_CD"])
            known = [(one[1], one[2]) for one in made.diagnoses]
            if (code, system) not in known:
                made.diagnoses.append(("other", code, system, ""))
                known.append((code, system))
            line.diagnoses = [known.index((code, system)) + 1]


def _procedures(row: Row) -> Iterator[tuple[str, str, str]]:
    for n in range(1, 26):
        if code := row[f"ICD_PRCDR_CD{n}"]:
            yield code, procedure_system(row[f"ICD_PRCDR_VRSN_CD{n}"]), day(row, f"PRCDR_DT{n}")


def _line(number: int, row: Row, columns: dict[str, str]) -> Line:
    code = row[columns["code"]]
    money = {"submitted": "billed", "eligible": "line_allowed", "benefit": "paid", "noncovered": "noncovered"}
    npi = row[columns["performed_by"]] or row["PRVDR_NPI"]
    return Line(
        number, code, service_system(code), [row[m] for m in _MODIFIERS if row[m]],
        day(row, columns["start"]), day(row, columns.get("end", "")),
        place=row[columns.get("place", "")], revenue=row[columns.get("revenue", "")],
        units=amount(row, columns["units"]), performed_by=npi if npi.strip("0") else "",
        specialty=row[columns.get("specialty", "")], tin=row[columns.get("tin", "")],
        money={category: amount(row, columns.get(name, "")) for category, name in money.items()},
    )  # fmt: skip


def drug(row: Row, given: Given) -> Resource:
    """One drug event of Part D."""
    if not row["BENE_ID"] or not row["PDE_ID"]:
        raise Malformed(f"Line {row.number}: BENE_ID or PDE_ID is missing.")
    on = day(row, "SRVC_DT", needed=True)
    pharmacy, prescriber = row["SRVC_PRVDR_ID"], row["PRSCRBR_ID"]
    npi = row["SRVC_PRVDR_ID_QLFYR_CD"] == "01"
    line = Line(
        1, row["PROD_SRVC_ID"], NDC, start=on, units=amount(row, "QTY_DSPNSD_NUM"),
        money={"benefit": amount(row, "CVRD_D_PLAN_PD_AMT"), "paidbypatient": amount(row, "PTNT_PAY_AMT")},
    )  # fmt: skip
    return explanation(
        Claim(
            id=claim_id(given, f"drug {row['PDE_ID']}"), kind="pharmacy",
            number=row["PDE_ID"], number_system=DRUG_NUMBER,
            patient_id=resource_id(given.source, "Patient", row["BENE_ID"]), created=day(row, "PD_DT") or on,
            status="cancelled" if row["ADJSTMT_DLTN_CD"] == "D" else "active", start=on, end=on,
            insurer={"display": f"Medicare Part D {row['PLAN_CNTRCT_REC_ID']}".strip()}, member=row["BENE_ID"],
            provider={"identifier": identifier(NPI if npi else "", pharmacy, "NPI" if npi else "")} if pharmacy else {},
            team=[("prescribing", prescriber, "", "")] if row["PRSCRBR_ID_QLFYR_CD"] == "01" and prescriber else [],
            paid=amount(row, "CVRD_D_PLAN_PD_AMT"), paid_on=day(row, "PD_DT"),
            money={"drugcost": amount(row, "TOT_RX_CST_AMT")}, lines=[line],
        )
    )  # fmt: skip
