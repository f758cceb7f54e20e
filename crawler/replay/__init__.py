"""Journey 3: archived captures go through the line again; no Scrapy, no network."""
