"""Tokens and passwords: the keyring, and what hides them elsewhere."""
