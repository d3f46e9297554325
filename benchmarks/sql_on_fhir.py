"""SQL on FHIR: resources a second on one core, beside rows written by hand.

Run: python benchmarks/sql_on_fhir.py. Seeds fixed, one warm-up, median of five with its spread, rows compared first.
"""

from fhirpath import LOINC, SIZES, observations, rate

from throughcare.fhir.views import compile_view

DEFINITION = {
    "resource": "Observation",
    "where": [{"path": "status != 'entered-in-error'"}],
    "select": [
        {
            "column": [
                {"name": "key", "path": "getResourceKey()", "type": "string"},
                {"name": "person", "path": "subject.reference", "type": "string"},
                {"name": "status", "path": "status", "type": "code"},
                {"name": "at", "path": "effective.ofType(dateTime)", "type": "dateTime"},
                {"name": "value", "path": "value.ofType(Quantity).value", "type": "decimal"},
                {"name": "unit", "path": "value.ofType(Quantity).code", "type": "code"},
            ]
        },
        {
            "forEach": f"code.coding.where(system = '{LOINC}')",
            "column": [
                {"name": "system", "path": "system", "type": "uri"},
                {"name": "code", "path": "code", "type": "code"},
            ],
        },
    ],
}


def by_hand(o: dict) -> list[tuple]:
    """What someone would write for this one view."""
    if o["status"] == "entered-in-error":
        return []
    quantity = o.get("valueQuantity") or {}
    head = (f"Observation/{o['id']}", o["subject"]["reference"], o["status"], o.get("effectiveDateTime"))
    value = (quantity.get("value"), quantity.get("code"))
    return [(*head, *value, c["system"], c["code"]) for c in o["code"]["coding"] if c.get("system") == LOINC]


def main() -> None:
    view = compile_view(DEFINITION, strict=True)
    print("| SQL on FHIR, resources/s, one core | ours | by hand | spread |")
    print("|---|---|---|---|")
    for size in SIZES:
        records = observations(size)
        assert [view.rows(o) for o in records] == [by_hand(o) for o in records]
        ours, spread = rate(view.rows, records)
        hand, _ = rate(by_hand, records)
        print(f"| 8 columns, 1 forEach, 1 where; {size:,} Observations | {ours:,.0f} | {hand:,.0f} | {spread:.0f} % |")


if __name__ == "__main__":
    main()
