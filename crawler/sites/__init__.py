"""The registry of sites: one TOML file per site, `<province>/<slug>.toml` beside this file."""
