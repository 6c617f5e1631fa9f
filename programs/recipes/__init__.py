"""Programs to begin with, by trade: their promises, their cost on the business's own sales."""
