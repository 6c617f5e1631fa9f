"""The steps between the database and the web server, in one process, so that Django starts only once.

Run as `python -m loyalty_saas.launcher.prepare`; each step is announced on standard output, in the order
in which it is done, as a line that begins with STEP, and what is to be shown to the person with SHOW.
"""

import io
import sys

import django
from django.core.management import call_command, get_commands

STEP, SHOW = "step: ", "show: "


def announce(kind: str, text: str) -> None:
    sys.stdout.write(f"{kind}{text}\n")
    sys.stdout.flush()


def main() -> None:
    announce(STEP, "Roles and tables")
    django.setup()
    call_command("prepare_database")
    from loyalty_saas import assets

    if not assets.is_current():
        announce(STEP, "Styles and scripts")
        assets.build()
    if "demo" in get_commands():
        announce(STEP, "Demo businesses")
        told = io.StringIO()
        call_command("demo", "load", stdout=told)
        for line in told.getvalue().splitlines():
            announce(SHOW, line)


if __name__ == "__main__":
    main()
