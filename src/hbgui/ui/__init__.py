"""Widgets. They render snapshots and emit intents; they hold no truth."""
