"""The site: what every page stands on: database, settings, published care models, and the way to settle a change."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from throughcare.definitions.grammar import CareModel, Library, Step
from throughcare.settings import Settings
from throughcare.workspace.silent import Silent


def _clock() -> datetime:
    return datetime.now(UTC)


@dataclass(kw_only=True)
class Site:
    """One running workspace. `settle` lets the engine judge people at once; `clock` is the only source of now."""

    database: Any
    settings: Settings
    models: dict[str, CareModel]
    library: Library
    settle: Callable[[list[int]], object]
    clock: Callable[[], datetime] = field(default=_clock)

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.time_zone)

    @cached_property
    def silent(self) -> Silent:
        return Silent(self.database)

    @cached_property
    def steps(self) -> dict[tuple[str, str], Step]:
        """(model, step id) -> the step, over all published models."""
        return {(m.model.id, step.id): step for m in self.models.values() for step in m.work.step}

    def phrase(self, language: str, model: str | None, key: str, fallback: str) -> str:
        """What a definition calls a thing in the reader's language: the model's, the library's, else `fallback`."""
        places = [self.models[model].words] if model in self.models else []
        for words in [*places, self.library.words]:
            found = words.get(language, {}).get(key)
            if found:
                return found
        return fallback

    def title(self, language: str, model: str) -> str:
        known = self.models.get(model)
        return self.phrase(language, model, "title", known.model.title if known else model.replace("_", " "))

    def role(self, language: str, model: str, role: str) -> str:
        """What a role is called where a care model speaks of it."""
        known = self.library.roles.get(role)
        fallback = known.says if known and known.says else role.replace("_", " ")
        return self.phrase(language, model, f"role.{role}", fallback)
