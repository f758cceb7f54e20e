"""Chinese text: normalisation for comparison, conversion to simplified characters, script detection."""
