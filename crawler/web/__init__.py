"""The reading room: the archive as pages, feeds and an API, in Chinese and English."""
