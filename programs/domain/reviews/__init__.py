"""What looks wrong: written down, held where there is something to hold, looked at and decided by a person."""
