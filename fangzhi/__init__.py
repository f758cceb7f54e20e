"""fangzhi for Python: read an archive from a notebook or a script, and extract articles from HTML.

::

    import fangzhi

    with fangzhi.open("archive") as archive:
        for article in archive.articles(site="nanjing-gulou", published="2023-04"):
            print(article.published_on, article.title, article.url)
        table = archive.articles(published=("2023-01-01", "2023-12-31")).to_pandas()
        page = archive.html("20240305013000-0123456789ab")

`read_html` extracts the articles of a page without an archive and without the network:

>>> text = "<p>昨日起，县城新增两条公交线路，末班车延长到晚上十点。</p>"
>>> page = "<h1>县城新增两条公交线路</h1><div>" + text * 4 + "</div>"
>>> entry = read_html(page, url="http://www.example.cn/2026/0305/1.html")
>>> entry.outcome, entry.articles[0].title
('article', '县城新增两条公交线路')

The functions have explicit arguments only: they read neither `fangzhi.toml` nor the variables `FANGZHI_…`, with the
exception of the spool of an archive on S3 (see `open`). Every error that fangzhi raises is a `FangzhiError`; the remedy
is its `hint`, which a traceback shows below the message.

An `Archive` belongs to one thread at a time, and it cannot be pickled: open one in each thread and in each process.
Articles and entries are immutable and picklable.
"""

from fangzhi.archive import Archive
from fangzhi.archive import open_archive as open  # noqa: A004 - the name is always written as fangzhi.open
from fangzhi.articles import ArchivedArticle, Articles
from fangzhi.reading import read_html
from pipelines import __version__
from pipelines.errors import ConfigError, FangzhiError, PageError, StoreCorrupt, StoreError, StoreUnavailable
from pipelines.model import Article, Capture, Entry

__all__ = [
    "Archive",
    "ArchivedArticle",
    "Article",
    "Articles",
    "Capture",
    "ConfigError",
    "Entry",
    "FangzhiError",
    "PageError",
    "StoreCorrupt",
    "StoreError",
    "StoreUnavailable",
    "__version__",
    "open",
    "read_html",
]
