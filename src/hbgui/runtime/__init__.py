"""Threads, timers and the single writer of state. QtCore only."""
