"""Calls to the PBX's API in their order, through the ports."""
