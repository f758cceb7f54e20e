"""Pages with several articles, composed of articles written for this purpose, with the truth about each block."""
