"""The command line `fangzhi`: one thin module for each command."""
