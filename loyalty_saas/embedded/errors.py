"""What can go wrong with the embedded servers, in a sentence that says what to do."""


class EmbeddedError(RuntimeError):
    """An embedded server cannot be used here. The message names the part and the way out."""
