"""Pages that hold several articles, composed of articles that were written for it, with the truth about each block."""
