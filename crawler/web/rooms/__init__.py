"""The rooms: for each what it reads, and what it shows."""

from crawler.web.asked import Page
from crawler.web.rooms import article, front, search

PAGES: tuple[Page, ...] = (front.PAGE, search.PAGE, article.PAGE)
"""All pages. Each has the twins `.json` and `.csv`."""
