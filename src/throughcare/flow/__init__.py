"""Flow: durable passes over the record, in order, repeatable, at the right time; and the system's door to commit."""
