"""`python -m crawler.cli`: the command line, for processes that start fangzhi as a child process."""

from crawler.cli.main import main

main()
