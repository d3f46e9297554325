"""Measure: quality, utilization and outcome, added up for a period and told in the standard's own form."""
