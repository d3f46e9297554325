"""Keep: messages that arrived within the same few milliseconds become durable in one commit, then they are answered.

Nothing is acknowledged before its commit is on disk, refused messages neither: they are in quarantine by then.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from throughcare.faults import Malformed
from throughcare.intake.hl7v2.answers import Fate, Outcome
from throughcare.intake.hl7v2.check import Unknown
from throughcare.intake.hl7v2.peers import Peer
from throughcare.intake.hl7v2.take import FORMAT, taken
from throughcare.record.changes import Changes, Committed, Message, Quarantined

GROUP_MAX = 100  # messages in one commit
GROUP_BYTES = 32 * 2**20
WAITING_MAX = 400  # messages read and not yet durable; then senders wait

Commit = Callable[[Changes], Committed]


@dataclass(slots=True)
class Arrived:
    """One message, who sent it, and where its outcome will be told."""

    data: bytes
    peers: list[Peer]
    outcome: "asyncio.Future[Outcome]"


class Keeper:
    """Takes what arrives, group by group."""

    def __init__(self, commit: Commit, zone: ZoneInfo) -> None:
        self.counts: Counter[str] = Counter()
        self._commit, self._zone = commit, zone
        self._waiting: asyncio.Queue[Arrived | None] = asyncio.Queue(WAITING_MAX)

    async def keep(self, data: bytes, peers: list[Peer]) -> "asyncio.Future[Outcome]":
        """Put it in line; the future is done when it is durable."""
        arrived = Arrived(data, peers, asyncio.get_running_loop().create_future())
        await self._waiting.put(arrived)
        return arrived.outcome

    async def close(self) -> None:
        await self._waiting.put(None)

    async def run(self) -> None:
        """Until closed. A commit that fails answers nobody: their connections end, and they send again."""
        ended = False
        while not ended:
            group, ended = await self._group()
            if group:
                await self._store(group)

    async def _group(self) -> tuple[list[Arrived], bool]:
        """Whatever waits, at least one, up to the limits."""
        group, size = [], 0
        first = await self._waiting.get()
        while first is not None:
            group.append(first)
            size += len(first.data)
            if len(group) >= GROUP_MAX or size >= GROUP_BYTES or self._waiting.empty():
                return group, False
            first = self._waiting.get_nowait()
        return group, True

    async def _store(self, group: list[Arrived]) -> None:
        try:
            outcomes, new = await asyncio.to_thread(self._commit_group, [(one.data, one.peers) for one in group])
        except Exception as failure:
            for one in group:
                if not one.outcome.done():
                    one.outcome.set_exception(failure)
                    one.outcome.exception()  # looked at, so that a sender who has left is no warning
            return
        taken_count = sum(o.fate is Fate.TAKEN for o in outcomes)
        self.counts.update(read=len(group), stored=new, known=taken_count - new, quarantined=len(group) - taken_count)
        for one, outcome in zip(group, outcomes, strict=True):
            if not one.outcome.done():
                one.outcome.set_result(outcome)

    def _commit_group(self, group: list[tuple[bytes, list[Peer]]]) -> tuple[list[Outcome], int]:
        changes, outcomes = Changes(), []
        for data, peers in group:
            outcome, kept = _judged(data, peers, self._zone)
            outcomes.append(outcome)
            if isinstance(kept, Message):
                changes.messages.append(kept)
            else:
                changes.quarantined.append(kept)
        return outcomes, self._commit(changes).messages


def _judged(data: bytes, peers: list[Peer], zone: ZoneInfo) -> tuple[Outcome, Message | Quarantined]:
    """What becomes of one message. Several peers at one address are told apart by their facility."""
    source = peers[0].source
    try:
        if b"\rMSH" in data.replace(b"\n", b"\r"):
            raise Malformed("The frame holds more than one message.")
        message = taken(data, source, zone, peers[0].charset)
        facility = message.control.split("|")[1]
        peer = next((p for p in peers if p.may_write(facility)), None)
        if peer is None:
            raise Unknown("MSH-4 names a facility that may not send from this address.")
        if peer is not peers[0]:
            message = taken(data, peer.source, zone, peer.charset)
        return Outcome(Fate.TAKEN), message
    except Malformed as fault:
        fate = Fate.REJECTED if isinstance(fault, Unknown) else Fate.ERROR
        return Outcome(fate, fault.what), Quarantined(source, FORMAT, 0, fault.what, data)
    except Exception as error:  # a fault of ours is the message's no more than of those beside it
        reason = f"It could not be read ({type(error).__name__})."
        return Outcome(Fate.ERROR, reason), Quarantined(source, FORMAT, 0, reason, data)
