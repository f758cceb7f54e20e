"""The command line `fangzhi`: one thin module a command."""
