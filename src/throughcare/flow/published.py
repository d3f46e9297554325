"""What is published: the care models, compiled together once, and what their plan reads of our own writing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from throughcare.act.run import OURS
from throughcare.definitions.compiled import compile_models
from throughcare.definitions.grammar import CareModel, Library
from throughcare.definitions.load import load_all, site_library
from throughcare.record import recipes
from throughcare.settings import Settings


@dataclass(frozen=True, slots=True)
class Published:
    """Care models, the library they speak of, and the one plan they compile to."""

    models: Sequence[CareModel]
    library: Library
    plan: Any
    zone: ZoneInfo
    decide_reads: frozenset[str]  # types we write that feed a view the plan reads

    @property
    def versions(self) -> str:
        """Which definitions are in force, as one line for the audit."""
        return " ".join(f"{m.model.id}@{m.model.version}" for m in self.models)


def publish(settings: Settings) -> Published:
    """Load and compile what is shipped and the site's own; a wrong definition stops here."""
    library, models = site_library(settings), load_all(settings)
    plan = compile_models(models, library, settings.calendar, everyone=False, whole_sets=False)
    read = own_types(plan.view_needs, settings.time_zone)
    return Published(models, library, plan, ZoneInfo(settings.time_zone), read)


def own_types(view_needs: Any, zone: str) -> frozenset[str]:
    """The resource types act writes that feed one of these views; enrollment decides what is owed, so always that."""
    tables = recipes.shipped(zone).tables
    fed = {kind for view in view_needs if view in tables for kind in tables[view].resource_types}
    return frozenset(fed & set(OURS)) | {"EpisodeOfCare"}
