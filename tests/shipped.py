"""The care models that ship, read once for every test that looks at them."""

from functools import cache

from throughcare.definitions.grammar import CareModel
from throughcare.definitions.load import load_all
from throughcare.settings import Settings


@cache
def care_models() -> list[CareModel]:
    return load_all(Settings.read({}))
