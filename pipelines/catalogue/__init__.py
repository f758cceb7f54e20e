"""One row a capture, and who had which bytes and which text first."""
