"""The built-in sample portal, and the generator of the sample that it serves."""
