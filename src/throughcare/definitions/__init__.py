"""Definitions: the grammar of care models: load, check, explain, compile. A care model is a folder of data."""
