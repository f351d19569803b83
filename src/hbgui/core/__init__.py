"""Data and decisions. Pure: no Qt, sockets, files, threads or clock reads."""
