"""Encore: one more thing after a purchase, and a change of plan without a support mail."""
