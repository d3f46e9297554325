"""The people's door: who signs in, whose records they may see, and the trace each look and each change leaves."""
