"""The workspace: what the care team sees in a browser. Server-made pages; they read through access alone."""
