"""Connections to PBXs: names, TCP, TLS, HTTP."""
