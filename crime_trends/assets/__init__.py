"""The assets, layer by layer: each a few lines over the domain code."""
