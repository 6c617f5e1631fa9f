"""A Valkey (Redis) of one's own in a data directory, reached through its socket only."""

import signal
import subprocess
from pathlib import Path
from types import TracebackType

import redis

from loyalty_saas.embedded.errors import EmbeddedError
from loyalty_saas.embedded.paths import VALKEY_SOCKET, make_private, run_directory, valkey_binary, valkey_url
from loyalty_saas.embedded.processes import spawn, stop, wait_until


class EmbeddedValkey:
    """The Valkey of one data directory; what it holds is kept when it is stopped."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.resolve()
        self.home = self.data_dir / "valkey"
        self.log = self.data_dir / "logs" / "valkey.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return valkey_url(self.data_dir)

    def start(self) -> None:
        """Start the server and wait until it answers. Raises EmbeddedError, with the end of the log."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        socket = make_private(run_directory(self.data_dir)) / VALKEY_SOCKET
        if self.answers():
            raise EmbeddedError(f"Valkey already runs on {self.data_dir}; stop it, or set another DATA_DIR")
        socket.unlink(missing_ok=True)
        settings: dict[str, str | Path] = {
            "port": "0",
            "unixsocket": socket,
            "unixsocketperm": "700",
            "dir": self.home,
            "save": "300 1",
            "daemonize": "no",
        }
        options: list[str | Path] = [part for name, value in settings.items() for part in (f"--{name}", value)]
        self.process = spawn([valkey_binary(), *options], log=self.log, cwd=self.home)
        try:
            wait_until(self.answers, process=self.process, name="Valkey", log=self.log)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Save and stop; does nothing when it does not run."""
        if self.process is not None:
            stop(self.process, signal.SIGTERM)
            self.process = None

    def answers(self) -> bool:
        """Whether the server takes commands."""
        client = redis.Redis.from_url(self.url, socket_timeout=2)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()

    def __enter__(self) -> "EmbeddedValkey":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
