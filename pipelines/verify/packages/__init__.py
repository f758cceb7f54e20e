"""Verification of a WACZ package: its files against their description, its index, and its signature."""

from pipelines.verify.packages.package import PackageCheck, PackageCounts

__all__ = ["PackageCheck", "PackageCounts"]
