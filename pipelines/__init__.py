"""What happens to a page once its bytes exist: read, ask, decide, keep, remember."""

__version__ = "0.1.0"
"""fangzhi's version. It stands here, and pyproject.toml reads it, because `importlib.metadata` takes 20 ms to load."""
