"""Listener: MLLP over TCP. Messages of one connection are answered in the order they came; a bad one stops nobody."""

import asyncio

import structlog

from throughcare.intake.hl7v2.answers import Outcome, answers
from throughcare.intake.hl7v2.frames import END, START
from throughcare.intake.hl7v2.keep import Keeper
from throughcare.intake.hl7v2.peers import Peer, Peers

AHEAD_MAX = 64  # messages of one connection that wait for their answer; then no more are read
_CHUNK = 1 << 16

log = structlog.get_logger()


class Listener:
    """One listening socket."""

    def __init__(self, peers: Peers, keeper: Keeper) -> None:
        self.peers, self.keeper = peers, keeper
        self._open: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> int:
        """The port it listens on."""
        self._server = await asyncio.start_server(self._connected, host, port, ssl=self.peers.tls, limit=_CHUNK)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def stop(self) -> None:
        """No more connections; what was read is kept and answered, what was not is not."""
        if self._server:
            self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = (writer.get_extra_info("peername") or ("",))[0]
        peers = self.peers.at(address)
        if not peers or len(self._open) >= self.peers.limits.connections:
            log.warning("connection_refused", why="too many connections" if peers else "no peer at this address")
            writer.close()
            return
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            await self._talk(reader, writer, peers)
        finally:
            self._open.discard(task)
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peers: list[Peer]) -> None:
        """Read ahead, answer in order. When reading ends, for whatever reason, what was read is still answered."""
        waiting: asyncio.Queue[tuple[bytes, asyncio.Future[Outcome]] | None] = asyncio.Queue(AHEAD_MAX)
        answering = asyncio.create_task(self._answer(writer, waiting, peers[0].acknowledge == "original"))
        try:
            frames = Frames(reader, self.peers.limits.message_bytes)
            while (data := await self._next(frames)) is not None:
                await waiting.put((data, await self.keeper.keep(data, peers)))
        except asyncio.CancelledError:
            pass  # told to stop
        except (OSError, TimeoutError, asyncio.IncompleteReadError, Oversized) as problem:
            log.warning("connection_ended", source=peers[0].source, why=type(problem).__name__)
        finally:
            await waiting.put(None)
            await answering

    async def _next(self, frames: "Frames") -> bytes | None:
        """The next message, waited for as long as the limits allow: for its start, then for its end."""
        limits = self.peers.limits
        if not await asyncio.wait_for(frames.begins(), limits.idle_seconds):
            return None
        return await asyncio.wait_for(frames.message(), limits.frame_seconds)

    async def _answer(self, writer: asyncio.StreamWriter, waiting: asyncio.Queue, original: bool) -> None:
        """Up to the first that cannot be: it and those behind it are not answered, so their sender sends them again."""
        while (one := await waiting.get()) is not None:
            data, outcome = one
            if writer.is_closing():
                continue
            try:
                for answer in answers(data, await outcome, always_original=original):
                    writer.write(START + answer + END + b"\r")
                await writer.drain()
            except Exception as problem:  # it could not be stored, or the sender has left
                log.warning("not_answered", why=type(problem).__name__)
                writer.close()


class Oversized(Exception):
    """A message longer than the limit, whose end nobody waits for."""


class Frames:
    """The messages in a stream of bytes: what stands between them is skipped."""

    def __init__(self, reader: asyncio.StreamReader, bytes_max: int) -> None:
        self._reader, self._max = reader, bytes_max
        self._left = bytearray()

    async def begins(self) -> bool:
        """Whether another message begins; False at the end of the stream."""
        while (at := self._left.find(START)) < 0:
            self._left.clear()
            if not await self._more():
                return False
        del self._left[: at + 1]
        return True

    async def message(self) -> bytes | None:
        """Up to its end; None when the stream ends before."""
        seen = 0
        while (at := self._left.find(END, seen)) < 0:
            seen = len(self._left)
            if seen > self._max:
                raise Oversized
            if not await self._more():
                return None
        data = bytes(self._left[:at])
        del self._left[: at + 1]
        return data

    async def _more(self) -> bool:
        chunk = await self._reader.read(_CHUNK)
        self._left += chunk
        return bool(chunk)
