"""The CMSs of the demo city, one module each. The CMSs whose list pages link to each other share `linked`."""
