"""A compiled view: its columns, and the rows of a resource."""

from collections.abc import Iterable

from throughcare.faults import Malformed
from throughcare.fhir.path.context import Context
from throughcare.fhir.path.model import model
from throughcare.fhir.path.plans import MISSHAPEN
from throughcare.fhir.path.tree import root

from .definition import Definition
from .rows import Column, Rows


class View:
    """A compiled ViewDefinition, for resources that have passed validation.

    `rows` reads directly where types are known. A resource whose lists and objects are not where its type says goes
    through the FHIRPath engine throughout, which takes what it can.
    """

    __slots__ = ("_constants", "_definition", "_direct", "_full", "_needs_context", "columns", "name", "resource")

    def __init__(
        self, definition: dict, name: str, columns: list[Column], direct: Rows, surroundings: tuple[dict, bool]
    ) -> None:
        self.name, self.resource, self.columns = name, definition["resource"], columns
        self._definition, self._direct = definition, direct
        self._full: Rows | None = None
        self._constants, self._needs_context = surroundings

    def rows(self, resource: dict) -> list[tuple]:
        """The rows of one resource, values in the order of `columns`; none for another type of resource."""
        if resource.get("resourceType") != self.resource:
            return []
        try:
            return self._direct(resource, self._context(resource) if self._needs_context else None)  # type: ignore[arg-type]
        except MISSHAPEN:
            context = self._context(resource)
            return self._throughout()([context.start], context)

    def _throughout(self) -> Rows:
        """The way through the engine, compiled when a resource first needs it: few ever do."""
        if self._full is None:
            self._full = Definition(self._definition, self.resource, direct=False).compiled()[1]
        return self._full

    def _context(self, resource: dict) -> Context:
        node = root(resource)
        return Context(node, node, node, {**self._constants, "rowIndex": 0}, None, None)


def run(definition: dict, resources: Iterable[dict]) -> list[dict]:
    """All rows of all resources as dictionaries."""
    view = compile_view(definition)
    names = [column.name for column in view.columns]
    return [dict(zip(names, row, strict=True)) for resource in resources for row in view.rows(resource)]


def compile_view(definition: dict, *, strict: bool = False) -> View:
    """Compile a ViewDefinition; a mistake in it is Malformed, said before any resource is read.

    `strict` also refuses paths that name elements their type does not have.
    """
    if not isinstance(definition, dict):
        raise Malformed("A ViewDefinition must be a JSON object.")
    resource = definition.get("resource")
    if resource not in model().resources:
        raise Malformed("A ViewDefinition names the resource type it reads, such as Patient, in `resource`.")
    direct = Definition(definition, resource, strict=strict)
    columns, rows = direct.compiled()
    return View(definition, direct.name, columns, rows, (direct.constants, direct.needs_context))
