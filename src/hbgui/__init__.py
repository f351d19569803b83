"""hbgui: heartbeats for Yeastar S-Series PBXs. Not made by Yeastar."""

__version__ = "0.1.0"
