"""Serve: the listener, and what makes its messages durable, until told to stop. Folding them runs beside it."""

import asyncio
from collections import Counter
from collections.abc import Callable
from zoneinfo import ZoneInfo

from throughcare.intake.hl7v2.keep import Commit, Keeper
from throughcare.intake.hl7v2.listener import Listener
from throughcare.intake.hl7v2.peers import Peers


async def serve(
    peers: Peers, zone: ZoneInfo, host: str, port: int, commit: Commit, stop: asyncio.Event,
    started: Callable[[int], None],
) -> Counter[str]:  # fmt: skip
    """What was read, stored, known and quarantined."""
    keeper = Keeper(commit, zone)
    listener = Listener(peers, keeper)
    keeping = asyncio.create_task(keeper.run())
    started(await listener.start(host, port))
    await stop.wait()
    await listener.stop()
    await keeper.close()
    await keeping
    return keeper.counts
