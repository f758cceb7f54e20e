"""Downloading: connections, TLS, politeness, robots.txt, the browser, and what of an exchange is captured."""
