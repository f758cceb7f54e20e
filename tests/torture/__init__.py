"""Torture: faults, kills and random input on purpose, each part a module that returns rows; tests/soak.py runs them."""
