"""Downloading: connections, TLS, throttling, robots.txt, the browser, and the capture of each exchange."""
