"""Several at once: each in a thread with a connection of its own, begun at the same moment."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connections


def at_once(act: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
    """What `act` gave for each item, or the exception it raised, in no order."""
    todo, outcomes = list(items), []
    start = threading.Barrier(len(todo))

    def work(item: Any) -> None:
        connections["default"].ensure_connection()
        start.wait()
        try:
            outcomes.append(act(item))
        except Exception as error:
            outcomes.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(item,)) for item in todo]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
