"""Every sentence that a person reads about PBXs, keyed by the codes of the core. No Qt."""
