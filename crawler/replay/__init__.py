"""Replay: archived captures go through the pipeline again, without Scrapy and without network access."""
