"""What this start uses: ports, directories, and which parts are ours and which are given by address."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from loyalty_saas.embedded.paths import postgres_url, valkey_url
from loyalty_saas.lib.env import Env

ROOT = Path(__file__).resolve().parent.parent.parent


class StartError(RuntimeError):
    """A part could not start. The message says which and what to do."""


@dataclass(frozen=True)
class Plan:
    """Everything a start needs to know, read from the environment."""

    data_dir: Path
    host: str
    port: int
    own_postgres: bool
    own_valkey: bool
    own_inbox: bool
    site_url: str
    environment: Mapping[str, str]

    @property
    def logs(self) -> Path:
        return self.data_dir / "logs"

    @property
    def inbox_port(self) -> int:
        return self.port + 1

    @property
    def smtp_port(self) -> int:
        return self.port + 2

    def check_ports(self) -> None:
        """Raises StartError when a port is taken."""
        wanted = [self.port, *([self.inbox_port, self.smtp_port] if self.own_inbox else [])]
        for port in wanted:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((self.host if port == self.port else "127.0.0.1", port))
                except OSError as error:
                    raise StartError(
                        f"Port {port} cannot be used ({error.strerror}). Choose another: make run PORT={self.port + 10}"
                    ) from error


def read_plan(env: Env | None = None) -> Plan:
    """The plan that the environment asks for. Raises ImproperlyConfigured on a bad value."""
    env = env or Env()
    data_dir = env.path("DATA_DIR", ROOT / ".data")
    port = env.integer("PORT", 8000, least=1, most=65_533)
    site_url = env.text("SITE_URL", f"http://localhost:{port}")
    own_postgres, own_valkey, own_inbox = (not env.text(name) for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL"))
    environment = {
        "DJANGO_SETTINGS_MODULE": "loyalty_saas.settings",
        "DATA_DIR": str(data_dir),
        "SITE_URL": site_url,
        "LOG_FORMAT": env.text("LOG_FORMAT", "console"),
        "DEMO": "yes" if env.flag("DEMO", True) else "no",
        "PYTHONUNBUFFERED": "1",
        "PROMETHEUS_MULTIPROC_DIR": str(data_dir / "run" / "metrics"),
        **({"DATABASE_URL": postgres_url(data_dir, "regulars")} if own_postgres else {}),
        **({"REDIS_URL": valkey_url(data_dir)} if own_valkey else {}),
        **({"EMAIL_URL": f"smtp://127.0.0.1:{port + 2}"} if own_inbox else {}),
    }
    return Plan(
        data_dir=data_dir,
        host=env.text("HOST", "127.0.0.1"),
        port=port,
        own_postgres=own_postgres,
        own_valkey=own_valkey,
        own_inbox=own_inbox,
        site_url=site_url,
        environment=environment,
    )
