"""Bulk: everything a server knows, fetched as a client of FHIR Bulk Data and loaded like any other files."""
