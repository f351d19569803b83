"""hbgui: heartbeats for Yeastar S-Series PBXs. Not made by Yeastar."""

__version__ = "0.1.0"

USER_AGENT = f"hbgui/{__version__}"
"""What a PBX's log shows of us."""
