"""The payment provider as we need it: what we may ask, what may move money, and the one file with its SDK."""
