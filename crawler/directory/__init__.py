"""The directory of the country: the sites of governments, departments and papers, with their lists, as facts."""

from crawler.directory.find import best_matches, find, near_names
from crawler.directory.load import load_directory
from crawler.directory.places import LEVELS, Directory, DirectoryList, DirectorySite, Level
from crawler.directory.regions import code_prefix, is_region_code, regions_called

__all__ = [
    "LEVELS",
    "Directory",
    "DirectoryList",
    "DirectorySite",
    "Level",
    "best_matches",
    "code_prefix",
    "find",
    "is_region_code",
    "load_directory",
    "near_names",
    "regions_called",
]
