"""A small believable shop on another site, written as a merchant would from the README; imports nothing of Encore."""
