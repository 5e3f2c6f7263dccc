"""Ways out: what a connector's `outlet/` folder says, calls, signed webhooks, addresses."""
