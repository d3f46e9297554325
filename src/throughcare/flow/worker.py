"""The worker: beside a running server it settles whatever changed or came due at once, and everyone at night."""

import gc
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, time

import structlog

from throughcare.decide import run as decide
from throughcare.faults import Fault
from throughcare.flow import assigning, night
from throughcare.flow.moment import Moment
from throughcare.flow.passes import settle
from throughcare.flow.published import Published
from throughcare.stores.postgres import Database

POLL_SECONDS = 0.05
REST_SECONDS_MAX = 30.0
NIGHTLY_AT = time(2, 0)  # local time of the site: rolling look-backs change answers without any event

log = structlog.get_logger()


def _clock() -> datetime:
    return datetime.now(UTC)


class Worker:
    """A thread that settles; `clock` says what time it is. A failure is logged and tried again, ever less often."""

    def __init__(self, database: Database, published: Published, clock: Callable[[], datetime] = _clock) -> None:
        self.database, self.published, self.clock = database, published, clock
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="throughcare-worker", daemon=True)
        self._seen = -1
        self._night: date | None = None

    def start(self) -> None:
        self._night = self._last_night(self.clock())
        self._thread.start()

    def stop(self, wait_seconds: float = 30.0) -> bool:
        """Finish the portion in hand and end; True once the thread has ended."""
        self._stop.set()
        self._thread.join(wait_seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        self.make_ready()
        rest = POLL_SECONDS
        while not self._stop.wait(rest):
            try:
                self.turn()
                rest = POLL_SECONDS
            except Fault as fault:
                log.warning("worker_waits", kind=type(fault).__name__, says=fault.what)
                rest = min(rest * 2, REST_SECONDS_MAX)
            except Exception as error:
                log.error("worker_failed", kind=type(error).__name__)
                rest = min(max(rest, 1.0) * 2, REST_SECONDS_MAX)

    def make_ready(self) -> None:
        """Look at nobody, so that every statement is planned before the first change waits for it.

        What stands by then stays as long as the process: the collector of garbage need not go through it again.
        """
        try:
            decide.run(Moment(self.database), self.published.plan, self.clock(), [])
        except Exception as error:  # the first turn meets the same fault, and says so
            log.warning("worker_not_ready", kind=type(error).__name__)
        gc.collect()
        gc.freeze()

    def turn(self) -> bool:
        """One turn: settle when the record moved, time woke someone, or a night has come. True when it settled."""
        now, moment = self.clock(), Moment(self.database)
        last = self._last_night(now)
        if last != self._night:
            settle(self.database, self.published, now, everyone=True, progress=self._halt)
            self._say_waiting(night.tell(self.database, self.published, now, progress=self._halt))
            self._night = last
        elif moment.commit_no != self._seen or moment.due(now):
            settle(self.database, self.published, now, progress=self._halt)
        else:
            return False
        # What was committed meanwhile is looked for in the next turn, so the head of before, not of now.
        self._seen = moment.commit_no
        return True

    def _say_waiting(self, chosen: assigning.Chosen) -> None:
        """What could not be chosen, and what to do for it."""
        for one, missing in chosen.waiting:
            log.warning("assignment_waits", care_model=one.model, entry=one.given.id, says=missing.what, do=missing.do)

    def _last_night(self, now: datetime) -> date:
        local = now.astimezone(self.published.zone)
        return local.date() if local.time() >= NIGHTLY_AT else date.fromordinal(local.toordinal() - 1)

    def _halt(self, stage: str, people: int) -> None:
        """Between two portions a worker that was told to stop does."""
        if self._stop.is_set():
            raise Stopped("The worker was told to stop.", do="What is left is done at the next start.")


class Stopped(Fault):
    """The worker ends between two portions; nothing is lost, since a cursor moves only with its effects."""
