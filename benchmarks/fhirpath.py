"""FHIRPath: evaluations a second on one core, beside the same answers written by hand; then the general engine alone.

Run: python benchmarks/fhirpath.py. Seeds fixed, one warm-up, median of five with its spread, answers compared first.
"""

import random
import statistics
import time
from collections.abc import Callable
from decimal import Decimal

from throughcare.fhir.path import Node, compile

SIZES = (1_000, 50_000)
ROUNDS = 5
LOINC = "http://loinc.org"
EXPRESSIONS: dict[str, Callable[[dict], list]] = {
    "Observation.value.ofType(Quantity).value": lambda o: [q["value"]] if (q := o.get("valueQuantity")) else [],
    "status": lambda o: [o["status"]],
    "subject.reference": lambda o: [o["subject"]["reference"]],
    f"code.coding.where(system = '{LOINC}').code.first()": lambda o: [
        c["code"] for c in o["code"]["coding"] if c.get("system") == LOINC
    ][:1],
    "value.exists() and status = 'final'": lambda o: [
        ("valueQuantity" in o or "valueString" in o) and o["status"] == "final"
    ],
}


def observations(count: int) -> list[dict]:
    """Invented results: nine in ten a quantity, the rest text; one or two codes each."""
    pick = random.Random(20260301)
    return [_observation(i, pick) for i in range(count)]


def _observation(i: int, pick: random.Random) -> dict:
    codings = [{"system": LOINC, "code": pick.choice(("8867-4", "29463-7", "4548-4"))}]
    if pick.random() < 0.3:
        codings.insert(0, {"system": "urn:local", "code": "X"})
    value = (
        {"valueQuantity": {"value": Decimal(pick.randrange(10, 2000)) / 10, "unit": "u", "code": "u"}}
        if pick.random() < 0.9
        else {"valueString": "seen"}
    )
    return {
        "resourceType": "Observation",
        "id": f"o{i}",
        "status": pick.choice(("final", "amended", "preliminary")),
        "code": {"coding": codings},
        "subject": {"reference": f"Patient/p{i % 997}"},
        "effectiveDateTime": f"2026-{pick.randrange(1, 13):02d}-{pick.randrange(1, 29):02d}",
        **value,
    }


def rate(ask: Callable[[dict], object], records: list[dict]) -> tuple[float, float]:
    """Evaluations a second: the median of the rounds, and how far apart they lie in percent."""
    rates = []
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        for record in records:
            ask(record)
        rates.append(len(records) / (time.perf_counter() - start))
    rates = rates[1:]
    middle = statistics.median(rates)
    return middle, 100 * (max(rates) - min(rates)) / middle


def main() -> None:
    print("| FHIRPath, evaluations/s, one core | ours | by hand | general engine | spread |")
    print("|---|---|---|---|---|")
    for size in SIZES:
        records = observations(size)
        for text, by_hand in EXPRESSIONS.items():
            path = compile(text)
            engine = [[i.value if isinstance(i, Node) else i for i in path.items(r)] for r in records[:1000]]
            assert [path(r) for r in records] == [by_hand(r) for r in records], text
            assert engine == [by_hand(r) for r in records[:1000]], text
        ours, spread = _together([compile(text) for text in EXPRESSIONS], records)
        hand, _ = _together(list(EXPRESSIONS.values()), records)
        general, _ = _together([compile(text).items for text in EXPRESSIONS], records[:10_000])
        what = f"{len(EXPRESSIONS)} paths, {size:,} records"
        print(f"| {what} | {ours:,.0f} | {hand:,.0f} | {general:,.0f} | {spread:.0f} % |")


def _together(asks: list[Callable], records: list[dict]) -> tuple[float, float]:
    """The rate over all expressions: the harmonic mean, so that the slow ones count."""
    rates = [rate(ask, records) for ask in asks]
    return statistics.harmonic_mean([r for r, _ in rates]), max(spread for _, spread in rates)


if __name__ == "__main__":
    main()
