"""Shell. One row a capture, and who had which bytes and which text first."""

from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.queries import Filter
from pipelines.catalogue.replacement import Replacement

__all__ = ["Catalogue", "Filter", "Replacement"]
