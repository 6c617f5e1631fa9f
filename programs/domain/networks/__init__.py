"""Points that count in several businesses: who takes part, what is spent elsewhere, and what is settled."""
