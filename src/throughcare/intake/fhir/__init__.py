"""FHIR as files: NDJSON, one resource per line, and JSON document: a Bundle of any type or one resource."""

from throughcare.intake.fhir.look import Kind, look
from throughcare.intake.fhir.read import Line, document, lines

__all__ = ["Kind", "Line", "document", "lines", "look"]
