"""The health check of a container without a web server: `python -m loyalty_saas.health worker`."""

import os
import socket
import sys


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_saas.settings")
    from loyalty_saas.health.heartbeat import last_seen

    part = sys.argv[1] if len(sys.argv) == 2 else ""
    if part not in {"worker", "scheduler"}:
        sys.stderr.write("Say worker or scheduler.\n")
        return 2
    alive = last_seen(part, socket.gethostname()) is not None
    sys.stdout.write(f"The {part} of this machine {'lives' if alive else 'was not seen lately'}.\n")
    return 0 if alive else 1


if __name__ == "__main__":
    sys.exit(main())
