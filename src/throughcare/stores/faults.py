"""What the database says, in plain words: the few kinds of failure a caller can act on."""

import contextlib
from collections.abc import Iterator

import psycopg
import psycopg_pool
from psycopg import errors

from throughcare.faults import Conflict, Unavailable


@contextlib.contextmanager
def plain() -> Iterator[None]:
    """Turn the driver's errors into faults. The driver's own text can hold a row's values, so it is not passed on."""
    try:
        yield
    except (errors.DiskFull, errors.OutOfMemory, errors.IoError) as error:
        raise Unavailable(
            f"The database has no room or cannot write ({type(error).__name__}).",
            why="Nothing of this change was stored.",
            do="Free space where the database is kept, then try again; no restart is needed.",
        ) from error
    except (errors.SerializationFailure, errors.DeadlockDetected, errors.UniqueViolation) as error:
        raise Conflict("Someone else wrote the same rows first.", do="Read again and repeat.") from error
    except (errors.ReadOnlySqlTransaction, errors.InsufficientPrivilege) as error:
        what = f"The database refuses this ({type(error).__name__})."
        raise Unavailable(what, do="Check the role in the DSN.") from error
    except (psycopg.OperationalError, psycopg_pool.PoolTimeout, psycopg.InterfaceError) as error:
        raise Unavailable(
            "The database does not answer.",
            why="Whether the last change was stored is not known; sending it again is safe.",
            do="See throughcare db status.",
        ) from error
