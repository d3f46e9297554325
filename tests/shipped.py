"""What ships, read once for every test that looks at it; and plans that commands in one process share."""

from functools import cache
from typing import Any

import pytest

from throughcare.definitions.compiled import Plan, compile_models
from throughcare.definitions.grammar import CareModel
from throughcare.definitions.load import load_all
from throughcare.flow import population, published
from throughcare.settings import Settings


@cache
def care_models() -> list[CareModel]:
    return load_all(Settings.read({}))


def plan_once(patched: pytest.MonkeyPatch) -> None:
    """Each command compiles the same care models, and the engine plans them anew; here the later ones find it done."""
    plans: dict[str, Plan] = {}

    def compiled(models: list[CareModel], library: Any, *calendar: str, **asked: Any) -> Plan:
        key = repr(([model.folder for model in models], calendar, asked))
        if key not in plans:
            plans[key] = compile_models(models, library, *calendar, **asked)
        return plans[key]

    for room in (population, published):
        patched.setattr(room, "compile_models", compiled)
