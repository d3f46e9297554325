"""Throughcare coordinates care: one record per person, any number of care models on it."""
