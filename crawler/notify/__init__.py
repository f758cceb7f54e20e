"""Messages about what the archive and its sites need a person for: found, sent once, repeated until it is mended."""
