"""Points that members share: given to each other, or one pool of a family for rewards. Each keeps their own card."""
