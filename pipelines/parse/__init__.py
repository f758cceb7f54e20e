"""Turns the bytes of a page into its articles: decode, extract, segment, repair."""
