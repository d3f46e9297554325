"""What was measured: last night's measure with its rows and groups, and this month's lines of payment."""

import json
from datetime import timedelta

from .town import NOW, World


def measured(world: World) -> None:
    """Last night's measure and this month's lines: the first person reached it, the canary did not, lacking consent."""
    people = {name: world.people[name] for name in ("own", "team", "other")}
    proof = {"own": "early", "team": "late", "other": "quorlwren"}
    with world.site.database.connection() as connection:
        for name, person in people.items():
            connection.execute(
                "insert into think.measure_row (person_id, model, measure, row_key, population, denominator, exclusion,"
                " exception, numerator, strata, proof) values (%s, 'transitions', 'seen', %s, true, true, false, false,"
                " %s, '', %s)",
                [person, f"{person}", name == "own", json.dumps({"seen_on": proof[name]})],
            )
            connection.execute(
                "insert into think.measure_row (person_id, model, measure, row_key, population, denominator, exclusion,"
                " exception, numerator, strata, proof) values (%s, 'transitions', 'back', %s, true, true, false, false,"
                " %s, '', '{}')",
                [person, f"{person}", name != "own"],
            )
            connection.execute(
                "insert into think.line (person_id, model, version, line, row_key, service, code, on_date, month,"
                " units, price, amount, priority, status, why_not, why)"
                " values (%s, 'transitions', '2026.1', 'visit_fee', 'v', 'coaching_program', 'HV1',"
                " %s, %s, 1, 80, 80, 1, %s, %s, %s)",
                [
                    person,
                    NOW.date(),
                    NOW.date().replace(day=1),
                    "payable" if name == "own" else "blocked",
                    "" if name == "own" else "no consent on file",
                    [] if name == "own" else ["need.visit_fee_1"],
                ],
            )
        for stratum, denominator, numerator, score in (("", 40, 30, 75), ("language=en", 36, 29, 80.56),
                                                       ("language=vi", 4, 1, 25)):  # fmt: skip
            connection.execute(
                "insert into think.score values ('transitions', 'transitions', 'seen', '2026-01-01', '2026-12-31', %s,"
                " %s, %s, 0, 0, %s, 2, %s, %s)",
                [stratum, denominator, denominator, numerator, score, NOW - timedelta(hours=8)],
            )
