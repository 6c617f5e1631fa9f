"""The whole application behind a socket, in threads of this process, for callers that need one."""

from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server


class _Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Nothing: the application logs its own calls."""


@contextmanager
def served() -> Iterator[str]:
    """The address, such as http://127.0.0.1:40123, for as long as the block runs."""
    from loyalty_saas.wsgi import application

    def with_connections_closed(environ: object, start: object) -> object:
        from django.db import connections

        answer = application(environ, start)
        try:
            yield from answer
        finally:
            answer.close()
            connections.close_all()

    with make_server("127.0.0.1", 0, with_connections_closed, _Threaded, _Quiet) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
