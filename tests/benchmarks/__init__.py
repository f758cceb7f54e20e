"""Benchmarks: they compare speeds in one run and print ratios; no test asserts a time."""
