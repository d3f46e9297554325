"""Building the FHIR model from the official definitions, at set-up: element table, typed model, search parameters."""
