"""Tabular faces of the record: ViewDefinitions (SQL on FHIR) compiled to functions from a resource to rows."""

from .rows import Column
from .view import View, compile_view, run

__all__ = ["Column", "View", "compile_view", "run"]
