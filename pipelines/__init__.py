"""What happens to a page once its bytes exist: read, ask, decide, keep, remember."""
