"""Decide: who belongs, who serves, what is owed, and why."""
