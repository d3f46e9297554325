"""Any order, the same state: the invented hospital's messages in true order, and shuffled with a tenth of them twice.

Run: python benchmarks/hl7_order.py [--people 5000]. Each order is loaded into a database of its own; then every current
resource is compared, text for text. About ten messages a person.
"""

import argparse
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from throughcare.community import hospital
from throughcare.flow import door
from throughcare.intake.load import load
from throughcare.record.changes import Changes, Committed
from throughcare.record.views import ensure_views
from throughcare.settings import Settings
from throughcare.stores import bundled, postgres

BEGINS = datetime(2026, 1, 5, tzinfo=UTC)
CURRENT = "select resource_type, resource_id, md5(body) from record.resource where known_to is null and not deleted"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--people", type=int, default=5000)
    told = hospital.tell(hospital.guests(asked.parse_args().people, 1), 1, BEGINS)
    orders = {"true order": [data for _, data in told.messages], "shuffled": list(hospital.shuffled(told.messages, 1))}
    states = [state(name, messages) for name, messages in orders.items()]
    assert states[0] == states[1], f"{len(states[0].items() ^ states[1].items())} resources differ"
    kinds = Counter(kind for kind, _ in states[0])
    print("the same in both:", ", ".join(f"{number:,} {kind}" for kind, number in kinds.most_common()))


def state(name: str, messages: list[bytes]) -> dict[tuple[str, str], str]:
    """Every current resource by its type and id, as the digest of its text."""
    with tempfile.TemporaryDirectory(prefix="tc-", dir="/tmp") as place:
        Path(place).chmod(0o711)
        settings, file = Settings.read({}, data_dir=Path(place) / "data"), Path(place) / "messages.hl7"
        file.write_bytes(b"".join(messages))
        try:
            with postgres.open(settings) as database:
                database.migrate()
                ensure_views(database)

                def commit(changes: Changes) -> Committed:
                    return door.commit(database, changes, stage="intake", at=datetime.now(UTC))

                began = time.perf_counter()
                counts = load(database, [file], source="riverside", settings=settings, commit=commit)
                took = time.perf_counter() - began
                assert not counts.quarantined
                rate = len(messages) / took
                print(f"{name}: {len(messages):,} messages in {took:.0f} s ({rate:,.0f} a second)", flush=True)
                with database.connection() as connection:
                    return {(kind, id): digest for kind, id, digest in connection.execute(CURRENT)}
        finally:
            bundled.stop(settings.data_dir)


if __name__ == "__main__":
    main()
