"""The fixture that starts simulators."""

from simulated import simulator

__all__ = ["simulator"]
