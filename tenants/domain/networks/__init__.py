"""Networks of businesses: founded, joined by invitation, left with notice."""
