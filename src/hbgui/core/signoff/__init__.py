"""The sign-off report of an installation."""
