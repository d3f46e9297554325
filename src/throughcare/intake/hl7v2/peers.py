"""Peers: who may send, told apart by address and by the facility they write; from a TOML file.

[[peer]]
source = "st_marys"                # the name its messages are kept under
addresses = ["10.1.2.0/24"]        # where it may send from
facilities = ["STM", "STM-EAST"]   # what it may write in MSH-4; left out: anything
charset = "8859/1"                 # when MSH-18 is empty
acknowledge = "as asked"           # or "original": one AA, AE or AR whatever MSH-15 and MSH-16 say

[limits]
connections = 64
message_bytes = 16777216
idle_seconds = 300                 # between two messages
frame_seconds = 30                 # from the start of a message to its end

[tls]
certificate = "listener.pem"
key = "listener.key"
clients = "hospitals.pem"          # whose certificates are asked for; left out: nobody's
"""

import ssl
import tomllib
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any

from throughcare.faults import Malformed
from throughcare.intake.hl7v2.text import BYTES_MAX

_ACKNOWLEDGE = ("as asked", "original")
_LOOPBACK = ("127.0.0.0/8", "::1/128")


@dataclass(frozen=True, slots=True)
class Peer:
    """One sender."""

    source: str
    addresses: tuple[IPv4Network | IPv6Network, ...]
    facilities: frozenset[str] = frozenset()
    charset: str = ""
    acknowledge: str = "as asked"

    def may_write(self, facility: str) -> bool:
        return not self.facilities or facility in self.facilities


@dataclass(frozen=True, slots=True)
class Limits:
    """What no sender can exceed."""

    connections: int = 64
    message_bytes: int = BYTES_MAX
    idle_seconds: float = 300
    frame_seconds: float = 30


@dataclass(frozen=True, slots=True)
class Peers:
    """Everyone who may send, and how."""

    all: tuple[Peer, ...]
    limits: Limits = field(default_factory=Limits)
    tls: ssl.SSLContext | None = None

    def at(self, address: str) -> list[Peer]:
        """Those who may send from an address."""
        try:
            own = ip_address(address.partition("%")[0])
        except ValueError:
            return []
        own = getattr(own, "ipv4_mapped", None) or own
        return [peer for peer in self.all if any(own in network for network in peer.addresses)]


def only_here(source: str, acknowledge: str = "as asked") -> Peers:
    """Without a file: this machine alone may send."""
    return Peers((Peer(source, tuple(map(ip_network, _LOOPBACK)), acknowledge=acknowledge),))


def read(path: Path) -> Peers:
    """The file, checked; whatever is misspelled or missing is told by its name."""
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise _wrong(path, f"It is not TOML ({problem}).") from None
    if unknown := told.keys() - {"peer", "limits", "tls"}:
        raise _wrong(path, f"There is no such part: {', '.join(sorted(unknown))}.")
    peers = tuple(_peer(path, one) for one in told.get("peer", []))
    if not peers:
        raise _wrong(path, "It names no [[peer]].")
    return Peers(peers, _limits(path, told.get("limits", {})), _tls(path, told.get("tls")))


def _peer(path: Path, told: dict[str, Any]) -> Peer:
    names = {f.name for f in fields(Peer)}
    if unknown := told.keys() - names:
        raise _wrong(path, f"A peer has no setting named {', '.join(sorted(unknown))}.")
    if missing := {"source", "addresses"} - told.keys():
        raise _wrong(path, f"A peer has no {', '.join(sorted(missing))}.")
    if told.get("acknowledge", "as asked") not in _ACKNOWLEDGE:
        raise _wrong(path, f"acknowledge is one of: {', '.join(_ACKNOWLEDGE)}.")
    try:
        addresses = tuple(ip_network(a) for a in told["addresses"])
    except ValueError as problem:
        raise _wrong(path, f"An address is none ({problem}).") from None
    return Peer(**{**told, "addresses": addresses, "facilities": frozenset(told.get("facilities", ()))})


def _limits(path: Path, told: dict[str, Any]) -> Limits:
    names = {f.name for f in fields(Limits)}
    if unknown := told.keys() - names:
        raise _wrong(path, f"There is no limit named {', '.join(sorted(unknown))}.")
    if any(isinstance(n, bool) or not isinstance(n, int | float) or n <= 0 for n in told.values()):
        raise _wrong(path, "A limit is a number above nought.")
    return Limits(**told)


def _tls(path: Path, told: dict[str, str] | None) -> ssl.SSLContext | None:
    if told is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(path.parent / told["certificate"], path.parent / told["key"])
        if "clients" in told:
            context.load_verify_locations(path.parent / told["clients"])
            context.verify_mode = ssl.CERT_REQUIRED
    except (KeyError, OSError) as problem:
        raise _wrong(path, f"What [tls] names cannot be read ({type(problem).__name__}).") from None
    return context


def _wrong(path: Path, what: str) -> Malformed:
    return Malformed(what, where=str(path), do="Correct the file of peers; docs/guides/hl7v2.md shows one.")
