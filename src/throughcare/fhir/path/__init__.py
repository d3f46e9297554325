"""FHIRPath: questions to a record in the language of the FHIR standard, compiled once and asked many times."""

from .engine import Path, compile
from .values import Date, DateTime, Node, Quantity, Time

__all__ = ["Date", "DateTime", "Node", "Path", "Quantity", "Time", "compile"]
