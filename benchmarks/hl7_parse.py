"""Reading HL7 v2: messages a second, from bytes to six fields; and each message alone all the way to FHIR.

Run: python benchmarks/hl7_parse.py [--messages N]. The messages are those of the invented hospital. The bar is 60,000
messages a second read.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from throughcare.community import hospital
from throughcare.intake.hl7v2.message import Message
from throughcare.intake.hl7v2.said import Said
from throughcare.intake.hl7v2.text import decoded
from throughcare.intake.hl7v2.things import FOLDS, things

ZONE, ROUNDS = ZoneInfo("America/New_York"), 5


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--messages", type=int, default=20_000)
    count = asked.parse_args().messages
    told = hospital.tell(hospital.guests(count // 9 + 1, 1), 1, datetime(2026, 1, 5, tzinfo=UTC))
    messages = [data for _, data in told.messages][:count]
    size = sum(map(len, messages)) / len(messages)
    print(f"{len(messages):,} messages of {size:,.0f} bytes, medians of {ROUNDS} rounds")
    for name, work, some in (("read", read, messages), ("made FHIR", fold, messages[: count // 10])):
        rates = sorted(rate(work, some) for _ in range(ROUNDS))
        print(f"  {name:<10} {statistics.median(rates):>9,.0f} a second   ({rates[0]:,.0f} to {rates[-1]:,.0f})")


def rate(work: Callable[[bytes], object], messages: list[bytes]) -> float:
    began = time.perf_counter()
    for data in messages:
        work(data)
    return len(messages) / (time.perf_counter() - began)


def read(data: bytes) -> tuple[str, ...]:
    """What every receiver asks: type, number, patient, name, visit, class."""
    message = Message(decoded(data))
    pid, pv1 = message.first("PID"), message.first("PV1")
    of_visit = (pv1.text(19), pv1.text(2)) if pv1 else ()
    return message.type, message.msh.text(10), pid.text(3) if pid else "", pid.text(5) if pid else "", *of_visit


def fold(data: bytes) -> list[dict]:
    return [r for (kind, id), spoken in things(Said.of(data, "s", ZONE)) for r in FOLDS[kind](id, [spoken])]


if __name__ == "__main__":
    main()
