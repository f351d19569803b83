"""The outside world behind the core's ports. Blocking calls; no Qt."""
