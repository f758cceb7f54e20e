"""Shell. Downloader middlewares: how often and when a site is asked, and what it allows."""
