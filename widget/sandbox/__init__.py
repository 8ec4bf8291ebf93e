"""A pretend Dodo Payments: the real HTTP API, a hosted checkout and signed webhooks, in a process of its own."""
