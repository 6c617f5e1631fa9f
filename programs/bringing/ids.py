"""The ids of what comes along: a row that was brought before is known by them."""

from uuid import UUID, uuid5

# Ids of what other systems call their rows are made of that text, so that the same row is the same one again.
_FOREIGN = UUID("5b0f5f0e-8a52-4b7e-9c39-0d9c6f1f6a11")


def id_of(text: str) -> UUID:
    """The id of a row of the file: its own where it is one of ours, else always the same one for the same text."""
    try:
        return UUID(text)
    except ValueError:
        return uuid5(_FOREIGN, text)
