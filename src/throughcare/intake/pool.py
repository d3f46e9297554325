"""The pool: lines are worked on beside the commits, a few portions ahead, and come back in their order."""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Self

from throughcare.intake.work import Done, Job, work

AHEAD = 3


class Pool:
    """Worker processes, started only when there is more than one portion of work."""

    def __init__(self, processes: int | None = None) -> None:
        self.processes = processes or min(os.cpu_count() or 1, 8)
        self.executor: ProcessPoolExecutor | None = None

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
        if alone and self.executor is None:
            return lambda: work(job)
        if self.executor is None:
            context = multiprocessing.get_context("spawn")
            self.executor = ProcessPoolExecutor(self.processes, mp_context=context, initializer=_end_with_parent)
        future: Future[Done] = self.executor.submit(work, job)
        return future.result


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for work for ever."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
