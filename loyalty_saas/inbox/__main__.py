"""`python -m loyalty_saas.inbox --directory DIR --smtp-port 8002 --port 8001`"""

import argparse
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from loyalty_saas.inbox.store import Store
from loyalty_saas.inbox.web import Server


class Receiver:
    """Takes whatever is sent."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        self.store.add(content, list(envelope.rcpt_tos))
        return "250 OK"


def main() -> None:
    parser = argparse.ArgumentParser(prog="inbox", description="Takes mail by SMTP and shows it on a page.")
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--port", type=int, required=True)
    chosen = parser.parse_args()
    store = Store(chosen.directory)
    with Server(chosen.port, store) as server:
        # Where everything starts at once, the usual five seconds can be too short.
        receiver = Controller(Receiver(store), hostname="127.0.0.1", port=chosen.smtp_port, ready_timeout=60)
        receiver.start()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return
        finally:
            receiver.stop()


if __name__ == "__main__":
    main()
