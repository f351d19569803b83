"""The sign-off report as a page."""
