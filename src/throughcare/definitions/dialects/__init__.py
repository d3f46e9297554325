"""Dialects: a compiled statement in the words of another engine than the one it is written for."""
