"""Intake: what other systems know comes in, durable before it is acknowledged, one folder per wire format."""
