"""What a business prints to be joined by: a poster for the counter, cards for the tables."""
