"""The event reports that a PBX sends, read and judged."""
