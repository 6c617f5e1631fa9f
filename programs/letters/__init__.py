"""Letters that are owed with a fact, and sent by the clock."""
