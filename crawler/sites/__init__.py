"""The registry: what is known of each site, kept as `<province>/<slug>.toml` beside this file."""
