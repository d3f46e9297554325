"""The pool: lines are worked on beside the commits, a few portions ahead, and come back in their order."""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Self

from throughcare.intake.work import Done, Job, learn, work

AHEAD = 3
FEW = 15  # portions that are done here before processes are worth their start


class Pool:
    """Worker processes, started only for a large load; until they stand, the work is done here.

    A process needs about a second of processor time to learn FHIR, in which one core prepares 15,000 resources.
    """

    def __init__(self, processes: int | None = None) -> None:
        self.processes = processes or min(os.cpu_count() or 1, 8)
        self.executor: ProcessPoolExecutor | None = None
        self.ready: Future[None] | None = None
        self.seen = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.executor:
            self.executor.shutdown(wait=True, cancel_futures=True)

    def results(self, jobs: Iterable[Job]) -> Iterator[Done]:
        """What came of each job, in order; never more than a few jobs are held in memory."""
        waiting: deque[Callable[[], Done]] = deque()
        for job in jobs:
            waiting.append(self._submit(job, alone=not waiting))
            if len(waiting) > AHEAD:
                yield waiting.popleft()()
        while waiting:
            yield waiting.popleft()()

    def _submit(self, job: Job, alone: bool) -> Callable[[], Done]:
        self.seen += 1
        if self.executor is None and self.seen > FEW and not alone:
            self._start(job)
        if self.executor is None or self.ready is None or not self.ready.done():
            return lambda: work(job)
        future: Future[Done] = self.executor.submit(work, job)
        return future.result

    def _start(self, job: Job) -> None:
        context = multiprocessing.get_context("spawn")
        self.executor = ProcessPoolExecutor(self.processes, mp_context=context, initializer=_end_with_parent)
        self.ready = [self.executor.submit(learn, job.zone) for _ in range(self.processes)][-1]


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for work for ever."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
