"""Reports of PBXs as they come in."""
