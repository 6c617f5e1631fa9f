#!/usr/bin/env python
"""Django's command line for Regulars: `python manage.py help` lists what it can do."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_saas.settings")
    from django.core.management import execute_from_command_line
    from django.db.utils import OperationalError

    from loyalty_saas.postgres.unreachable import unreachable

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        if "--traceback" in sys.argv or not (sentence := unreachable(error)):
            raise
        sys.exit(sentence)


if __name__ == "__main__":
    main()
