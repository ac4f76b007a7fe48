"""The cities' portals: how they are asked, what they owe, and how their answers become raw years in the lake."""
