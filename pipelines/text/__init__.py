"""Chinese text: normalising, simplifying, scripts."""
