"""Hands: engines that think about a few people together, each with statements of its own."""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from heapq import heappop, heappush

from throughcare.stores.duckdb import Thinker

HANDS_MAX = 4  # what waits for what leaves no work for more


def count() -> int:
    """How many hands this machine's processors are worth."""
    return max(1, min(HANDS_MAX, len(os.sched_getaffinity(0))))


class Hands:
    """Some thinkers, each thinking in its own thread. A statement stays with one of them, which has it prepared."""

    def __init__(self, thinkers: Sequence[Thinker]) -> None:
        self.thinkers = thinkers
        self._threads = ThreadPoolExecutor(max(1, len(thinkers) - 1), thread_name_prefix="thinks")

    def through(self, waits: Sequence[set[int]], homes: Sequence[int], answer: Callable[[int], None]) -> None:
        """Every statement answered once, by the hand it belongs to, each after those it waits for."""
        work = _Work(waits, homes, len(self.thinkers), answer)
        others = [self._threads.submit(work.all_of, hand) for hand in range(1, len(self.thinkers))]
        work.all_of(0)
        for other in others:
            other.result()
        if work.fault:
            raise work.fault

    def close(self) -> None:
        self._threads.shutdown()
        for thinker in self.thinkers:
            thinker.close()


class _Work:
    """One run: what is left to do, what each hand can do now, and the first fault of any."""

    def __init__(
        self, waits: Sequence[set[int]], homes: Sequence[int], hands: int, answer: Callable[[int], None]
    ) -> None:
        self.homes, self.answer, self.left = homes, answer, len(waits)
        self.fault: BaseException | None = None
        self.news = threading.Condition()
        self.waiting = [len(before) for before in waits]
        self.after: list[list[int]] = [[] for _ in waits]
        self.ready: list[list[int]] = [[] for _ in range(hands)]
        for number, before in enumerate(waits):
            for earlier in before:
                self.after[earlier].append(number)
            if not before:
                heappush(self.ready[homes[number]], number)

    def all_of(self, hand: int) -> None:
        """What belongs to this hand, the earliest first, as soon as it can be done."""
        while (number := self._next(hand)) is not None:
            try:
                self.answer(number)
            except BaseException as fault:
                with self.news:
                    self.fault = self.fault or fault
                    self.news.notify_all()
                return
            self._done(number, hand)

    def _next(self, hand: int) -> int | None:
        with self.news:
            while not self.ready[hand]:
                if not self.left or self.fault:
                    return None
                self.news.wait()
            return None if self.fault else heappop(self.ready[hand])

    def _done(self, number: int, hand: int) -> None:
        """What waited for this can be done; whoever may be idle is told only of what is new for them."""
        with self.news:
            self.left -= 1
            told = not self.left
            for later in self.after[number]:
                self.waiting[later] -= 1
                if not self.waiting[later]:
                    home = self.homes[later]
                    told |= home != hand and not self.ready[home]
                    heappush(self.ready[home], later)
            if told:
                self.news.notify_all()
