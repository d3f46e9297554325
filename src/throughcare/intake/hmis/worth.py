"""Worth: monthly income by kind, and the insurance people told of."""

from typing import Any

from throughcare.intake.hmis.export import OURS, Export, extension
from throughcare.intake.hmis.read import Row
from throughcare.intake.hmis.told import answers, observation, until
from throughcare.intake.hmis.values import _READ, code, needed_day, number
from throughcare.intake.shapes import coded

Resource = dict[str, Any]
_AMOUNTS = _READ["income_amount"]


def income(row: Row, export: Export) -> list[Resource]:
    """The total and each kind that was said to be there (4.02), all answers as they are, and each insurance (4.04)."""
    kinds = [(word, _AMOUNTS.get(column, column + "Amount")) for column, word in _READ["income"].items()
             if code(row, column) == 1]  # fmt: skip
    made = [_of_kind(row, export, word, column) for word, column in [("total", "TotalMonthlyIncome"), *kinds]]
    insured = [_coverage(row, export, column, kind) for column, kind in _READ["plan"].items() if code(row, column) == 1]
    return [*made, *answers(row, export), *insured]


def _of_kind(row: Row, export: Export, word: str, column: str) -> Resource:
    one, amount = observation(row, export, "income", word, word), number(row, column)
    month = {"value": amount, "unit": "dollars a month", "system": "urn:iso:std:iso:4217", "code": "USD"}
    one["valueQuantity"] = {} if amount is None else month
    one["extension"] += [
        extension("response", "Integer", code(row, "IncomeFromAnySource")),
        extension("stage", "Integer", code(row, "DataCollectionStage")),
    ]
    return one


def _coverage(row: Row, export: Export, column: str, kind: str) -> Resource:
    """Insurance as the person told it: from the day it was told to the day it was asked again."""
    person = export.ref("Patient", "Client", row.needed("PersonalID"))
    again = export.next_day(row.table, row["EnrollmentID"], needed_day(row, "InformationDate"))
    return {
        "resourceType": "Coverage",
        "id": export.id(row.table, row.needed("IncomeBenefitsID"), column),
        "status": "active",
        "type": coded(kind, OURS + "plan-kind"),
        "beneficiary": person,
        "period": {"start": needed_day(row, "InformationDate"), "end": until(row, export) if again else ""},
        "payor": [{"display": f"{column}, as the person told"}],
    }
