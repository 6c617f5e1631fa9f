"""What a business takes along, shaped as its imports read it."""
