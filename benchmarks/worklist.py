"""Today at the size of a county: server time of the page for 20 users, 100,000 people and 300,000 open tasks.

    .venv/bin/python benchmarks/worklist.py [PEOPLE]

Beside it stands the floor: one bare indexed query that fetches the same number of rows and renders nothing.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from throughcare.access import indexes, staff, teams
from throughcare.definitions.library import load_library
from throughcare.record.views import ensure_views
from throughcare.settings import Settings
from throughcare.stores import bundled, postgres
from throughcare.workspace.site import Site
from throughcare.workspace.web import application

USERS, ROUNDS, BAR_MS = 20, 15, 100
PASSWORD = "worklist-benchmark"
NOW = datetime.now(UTC)

# ruff: noqa: E501  (statements are read as statements)
FILL = [
    """insert into flat.person (key, person_id, source, known_from, family, given, birth_date, language, active, phone)
       select 'Patient/p' || i, 40000 + i, 'b', now(), 'Family' || i %% 5000, 'Given' || i %% 300,
              date '1940-01-01' + i %% 29000, case when i %% 9 = 0 then 'es' else 'en' end, true, '555-0100'
         from generate_series(1, %(people)s) i""",
    """insert into door.panel select 40000 + i, %(team)s, %(first)s + i %% %(users)s from generate_series(1, %(people)s) i""",
    """insert into flat.encounter (key, person_id, source, known_from, class, status, started_at, started_on, ended_at, ended_on)
       select 'Encounter/e' || i, 40000 + i, 'b', now(), 'inpatient', 'finished', now() - interval '9 days', current_date - 9,
              now() - interval '4 days', current_date - 4 from generate_series(1, %(people)s) i""",
    """insert into flat.task (key, person_id, source, known_from, kind, status, requested_at, requested_on, due_at, due_on, owner,
                              role, description)
       select 'Task/t-' || i, 40001 + i %% %(people)s, 'b', now(), 'post_discharge_contact', 'requested', now() - interval '3 days',
              current_date - 3, now() + make_interval(hours => (i * 7) %% 4600 - 240),
              (now() + make_interval(hours => (i * 7) %% 4600 - 240))::date,
              case when i %% 3 = 0 then 'Practitioner/b' || (i + 1) %% %(users)s end, 'nurse', 'First call after hospital'
         from generate_series(1, %(people)s * 3) i""",
    """insert into record.resource (resource_type, resource_id, version, commit_no, known_from, person_id, source_id, digest, body)
       select 'Task', 't-' || i, 1, 0, now(), 40001 + i %% %(people)s, 1, '\\x00',
              json_build_object('resourceType', 'Task', 'id', 't-' || i, 'status', 'requested', 'input', json_build_array(
                json_build_object('type', json_build_object('text', 'obligation'), 'valueString', 'm|call|x|0|' || i)))::text
         from generate_series(1, %(people)s * 3) i""",
    """insert into think.obligation (obligation_key, person_id, model, version, step, anchor_key, activity, about, roles, opens_at,
                                    due_at, status)
       select 'm|call|x|0|' || i, 40001 + i %% %(people)s, 'm', '1', 'call', 'Encounter/e' || 1 + i %% %(people)s,
              'post_discharge_contact', '', '{nurse}', now(), now(), 'open' from generate_series(1, %(people)s * 3) i""",
]
FLOOR = """select * from flat.task where owner = %s and known_to is null
  and status in ('requested', 'received', 'accepted', 'ready', 'in-progress', 'on-hold')
  and coalesce(due_at, '-infinity'::timestamptz) < now() order by due_at limit 100"""


def main(people: int) -> None:
    with tempfile.TemporaryDirectory(prefix="tc-bench-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        settings = Settings(data_dir=Path(folder))
        try:
            with postgres.open(settings) as database:
                measure(database, settings, people)
        finally:
            bundled.stop(settings.data_dir)


def measure(database: postgres.Database, settings: Settings, people: int) -> None:
    fill(database, people)
    site = Site(database=database, settings=settings, models={}, library=load_library(), settle=lambda ids: None)
    app = application(site)
    cookies = [sign_in(site, number) for number in range(USERS)]
    for cookie in cookies:
        ask(app, cookie)
    alone = [ask(app, cookie) for _ in range(ROUNDS) for cookie in cookies]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda cookie: ask(app, cookie), cookies * ROUNDS))
    bare = floor(database)
    say("floor: one bare indexed query", [(ms, 0) for ms in bare])
    say("Today, one at a time", alone)
    say("Today, four at a time", together)
    p95 = quantile([ms for ms, _ in alone], 95)
    print(
        f"bar: p95 <= {BAR_MS} ms one at a time: {'met' if p95 <= BAR_MS else 'MISSED'};"
        f" p50 is {quantile([ms for ms, _ in alone], 50) / quantile(bare, 50):.0f} times the floor"
    )


def fill(database: postgres.Database, people: int) -> None:
    started = time.perf_counter()
    database.migrate()
    ensure_views(database)
    indexes.ensure(database)
    team = teams.make_team(database, "All", None)
    for number in range(USERS):
        staff.add(
            database,
            f"b{number}",
            f"Worker {number}",
            roles=["nurse"],
            teams=["All"],
            practitioner=f"Practitioner/b{number}",
            password=PASSWORD,
            by="benchmark",
            at=NOW,
        )
    with database.connection() as connection:
        first = connection.execute("select min(staff_id) from door.staff").fetchone()[0]
        for statement in FILL:
            connection.execute(statement, {"people": people, "team": team, "first": first, "users": USERS})
    with database.connection() as connection:
        connection.execute("analyze")
    print(
        f"{people:,} people, {people * 3:,} open tasks, {USERS} users; filled in {time.perf_counter() - started:.0f} s"
    )


def sign_in(site: Site, number: int) -> str:
    from throughcare.access import sessions

    signed = sessions.sign_in(site.database, f"b{number}", PASSWORD, source=str(number), at=datetime.now(UTC))
    assert signed
    return f"throughcare={signed.token}"


def ask(app: object, cookie: str) -> tuple[float, int]:
    """(milliseconds, bytes) of one Today page, from the first byte asked to the last byte sent."""
    sizes: list[int] = []

    async def send(message: dict) -> None:
        assert message.get("status", 200) == 200, message
        sizes.append(len(message.get("body", b"")))

    async def receive() -> dict:
        return {"type": "http.request", "body": b""}

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/today",
        "raw_path": b"/today",
        "query_string": b"",
        "root_path": "",
        "client": ("127.0.0.1", 1),
        "server": ("b", 80),
        "headers": [(b"host", b"b"), (b"cookie", cookie.encode())],
    }
    started = time.perf_counter()
    asyncio.run(app(scope, receive, send))
    return (time.perf_counter() - started) * 1000, sum(sizes)


def floor(database: postgres.Database) -> list[float]:
    times = []
    for number in range(USERS * ROUNDS):
        started = time.perf_counter()
        with database.connection() as connection:
            connection.execute(FLOOR, [f"Practitioner/b{number % USERS}"]).fetchall()
        times.append((time.perf_counter() - started) * 1000)
    return times


def quantile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]


def say(what: str, asked: list[tuple[float, int]]) -> None:
    times, size = [ms for ms, _ in asked], max(size for _, size in asked)
    kilobytes = f"  {size / 1000:.0f} kB" if size else ""
    print(
        f"{what:32} p50 {quantile(times, 50):7.1f} ms   p95 {quantile(times, 95):7.1f} ms   n {len(times)}{kilobytes}"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
