"""Pure. Chinese text: normalising, simplifying, scripts."""
