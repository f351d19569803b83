"""A PBX as a person describes it: address, connection, destination, profile."""
