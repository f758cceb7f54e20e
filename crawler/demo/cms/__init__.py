"""How each CMS family publishes a portal of the demo city: one module for each family."""
