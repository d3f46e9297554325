"""The list of functions: each room of functions adds its own by name, with how many arguments it takes."""

from collections.abc import Callable
from typing import Any, NamedTuple


class Function(NamedTuple):
    """A function: `run(context, items, *arguments)`. A lazy one gets its arguments as closures of (context, items)."""

    run: Callable[..., Any]
    least: int
    most: int
    lazy: bool


FUNCTIONS: dict[str, Function] = {}


def function(name: str, least: int = 0, most: int | None = None, *, lazy: bool = False) -> Callable:
    """Enter a function under its FHIRPath name."""

    def enter(run: Callable) -> Callable:
        FUNCTIONS[name] = Function(run, least, least if most is None else most, lazy)
        return run

    return enter
