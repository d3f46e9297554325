"""The record: everything known about a person, every version of it, as it stood at any moment."""
