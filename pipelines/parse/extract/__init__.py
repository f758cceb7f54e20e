"""From the HTML of a page to its article: see `extract` in `article.py`.

Nothing is imported here, so that a crawl's main process, which needs `parts` and `client_redirects`, does not load
the extractor. trafilatura is imported only when it is asked for the first time.
"""
