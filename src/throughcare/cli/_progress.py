"""Progress: a bar for work that lasts, drawn only on a terminal and only once two seconds have passed."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

QUIET_SECONDS = 2.0


@contextmanager
def progress(title: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Gives a function to call with how much is done so far; None as total when it is not known."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    began, task, shown = time.monotonic(), None, False
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        transient=True,
        console=Console(stderr=True),
    )

    def said(done: int) -> None:
        nonlocal task, shown
        if not shown and sys.stderr.isatty() and time.monotonic() - began > QUIET_SECONDS:
            shown = True
            bar.start()
            task = bar.add_task(title, total=total)
        if task is not None:
            bar.update(task, completed=done)

    try:
        yield said
    finally:
        if shown:
            bar.stop()
