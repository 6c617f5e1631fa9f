"""Making something right: points, money off or something on the house, within what the owner lets staff give."""
