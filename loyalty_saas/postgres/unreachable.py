"""A database that does not let us in, told in a sentence rather than a traceback."""

import os

from django.db.utils import OperationalError


def unreachable(error: OperationalError) -> str:
    """Which part does not answer, why, and what to do; empty for an error of a database that did answer.

    What libpq says names the host and the port, or the role, and never the password.
    """
    cause = error.__cause__
    # PostgreSQL gives whatever it refuses itself a code; where there was no connection there is none.
    if getattr(cause, "pgcode", None) is not None:
        return ""
    why = str(error).strip().partition("\n")[0].rstrip(".")
    if os.environ.get("DATABASE_URL"):
        todo = (
            "Start that PostgreSQL, or correct DATABASE_URL (or DATABASE_APP_URL and the others, where you have set "
            "them). Without DATABASE_URL, `make run` brings a PostgreSQL of its own."
        )
    else:
        todo = "Start it with `make run`, or set DATABASE_URL to the PostgreSQL that is to be used."
    return f"The database (PostgreSQL) cannot be reached: {why}.\n{todo}"
