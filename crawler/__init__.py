"""Finding and fetching pages, what is known of each site, and the doors people come in by."""
