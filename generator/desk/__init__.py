"""The desk: ``portal import`` for those who never open a terminal, as pages on loopback."""
