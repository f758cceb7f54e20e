"""From the bytes of a page to its articles: decode, extract, segment, repair."""
