"""The one place where money moves: written down first, sent once, settled by one function, watched by reading."""
