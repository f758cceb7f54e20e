"""The line that every page takes: parse, ask, classify, archive, index."""
