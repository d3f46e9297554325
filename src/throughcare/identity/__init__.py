"""Identity: is this the same person? It links what sources say of one human, never merges, and can be undone."""
