"""`python -m fangzhi`: the command line."""

from crawler.cli.main import main

main()
