"""`python -m crawler.cli`: the command line, for processes that start it again."""

from crawler.cli.main import main

main()
