"""Shell. One row a capture, and who had which bytes and which text first."""

from pipelines.catalogue.catalogue import Catalogue, Filter

__all__ = ["Catalogue", "Filter"]
