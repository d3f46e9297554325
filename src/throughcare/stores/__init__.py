"""Stores: the engines. PostgreSQL remembers, DuckDB thinks; database drivers appear nowhere else."""
