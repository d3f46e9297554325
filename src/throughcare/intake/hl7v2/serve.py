"""Serve: the listener, what makes messages durable, and what makes FHIR of them, until told to stop."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable
from zoneinfo import ZoneInfo

import structlog

from throughcare.intake.hl7v2.apply import Folding
from throughcare.intake.hl7v2.keep import Commit, Keeper
from throughcare.intake.hl7v2.listener import Listener
from throughcare.intake.hl7v2.peers import Peers
from throughcare.settings import Settings
from throughcare.stores.postgres import Database

PORTION = 50  # messages folded in one commit: small, so that acknowledgements seldom wait for it
REST_SECONDS, REST_SECONDS_MAX = 1.0, 30.0
LAST_SECONDS = 10.0  # after it is told to stop, it folds no longer; the rest is folded at the next start

log = structlog.get_logger()


async def serve(
    database: Database, settings: Settings, peers: Peers, host: str, port: int, commit: Commit,
    stop: asyncio.Event, started: Callable[[int], None],
) -> Counter[str]:  # fmt: skip
    """What was read, stored, known and quarantined. What waits from before is folded first, whoever left it."""
    news, ended, enough = asyncio.Event(), asyncio.Event(), asyncio.Event()
    news.set()
    keeper = Keeper(commit, ZoneInfo(settings.time_zone), news.set)
    listener = Listener(peers, keeper)
    keeping = asyncio.create_task(keeper.run())
    folding = asyncio.create_task(_fold(database, settings, commit, news, ended, enough))
    started(await listener.start(host, port))
    await stop.wait()
    last = asyncio.get_running_loop().call_later(LAST_SECONDS, enough.set)
    await listener.stop()
    await keeper.close()
    await keeping
    ended.set()
    news.set()
    await folding
    last.cancel()
    return keeper.counts


async def _fold(
    database: Database, settings: Settings, commit: Commit, news: asyncio.Event, ended: asyncio.Event,
    enough: asyncio.Event,
) -> None:  # fmt: skip
    """Whenever something is durable. A failure is told and tried again, ever less often; nothing is lost meanwhile."""
    folding, rest = Folding(database, settings, commit, PORTION), REST_SECONDS
    while True:
        await news.wait()
        news.clear()
        last = ended.is_set()
        try:
            await asyncio.to_thread(folding.run, enough.is_set)
            rest = REST_SECONDS
        except Exception as problem:
            log.warning("folding_waits", why=type(problem).__name__)
            if not last:
                news.set()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(ended.wait(), rest)
                rest = min(rest * 2, REST_SECONDS_MAX)
        if last:
            return
