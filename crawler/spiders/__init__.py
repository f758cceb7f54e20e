"""The spiders: whole sites, and single pages."""
