"""A PBX on loopback, for demo, rehearsal and tests: it speaks the wire and knows no client."""
