"""Passwords: argon2id, a few at a time, and the same time spent whether the account exists or not."""

import secrets
import threading

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from throughcare.faults import Fault

LENGTH_MIN = 12
LENGTH_MAX = 200
# Each verification takes 64 MB and half a core for a moment; more than these wait their turn.
AT_ONCE = 2

_hash = PasswordHash((Argon2Hasher(time_cost=3, memory_cost=64 * 1024, parallelism=1),))
_turn = threading.BoundedSemaphore(AT_ONCE)
_nobody = _hash.hash(secrets.token_urlsafe(24))


def hashed(password: str) -> str:
    with _turn:
        return _hash.hash(password)


def matches(password: str, stored: str | None) -> bool:
    """Whether the password is right. With nothing stored the same work is done, and the answer is no."""
    with _turn:
        right = _hash.verify(password[:LENGTH_MAX], stored or _nobody)
    return right and stored is not None


def one_time() -> str:
    """A password to be shown once: four groups, easy to read out, about 95 bits."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


def checked(password: str) -> str:
    """The password, when it is long enough to keep."""
    if not LENGTH_MIN <= len(password) <= LENGTH_MAX:
        raise Fault(
            f"A password has {LENGTH_MIN} to {LENGTH_MAX} characters.",
            do="Several words in a row are easy to remember.",
        )
    return password
