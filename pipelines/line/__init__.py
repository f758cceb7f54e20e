"""The line that every page takes: parse, archive, ask, classify, index."""
