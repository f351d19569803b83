"""The PBX's API as requests and answers, without a network."""
