"""The laws: pure functions and values; no await, no clock, no framework."""
