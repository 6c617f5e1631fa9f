"""A name server of our own on this machine, over UDP: what the DNS says, as the tests want it."""

import socket
import threading
from collections import defaultdict
from types import TracebackType

from dns import flags, message, rcode, rrset
from dns.rdatatype import RdataType


class NameServer:
    """Answers for the names it was told; NXDOMAIN for others. While `is_silent`, it answers nothing at all."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.is_silent = False
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address: tuple[str, int] = self._socket.getsockname()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "NameServer":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        # An empty packet wakes the thread for the last time.
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self.address)
        self._thread.join()
        self._socket.close()

    def say(self, name: str, kind: str, *values: str) -> None:
        """From now on a name has these records of a kind, and no others."""
        self.records[name, kind] = list(values)

    def _serve(self) -> None:
        while True:
            packet, sender = self._socket.recvfrom(4096)
            if not packet:
                return
            if not self.is_silent:
                self._socket.sendto(self._answer(message.from_wire(packet)).to_wire(), sender)

    def _answer(self, query: message.Message) -> message.Message:
        answer = message.make_response(query)
        answer.flags |= flags.RA
        name = query.question[0].name.to_text(omit_final_dot=True).lower()
        kind = RdataType.to_text(query.question[0].rdtype)
        known = {one for (one, _kind), values in self.records.items() if values}
        if name not in known:
            answer.set_rcode(rcode.NXDOMAIN)
        while alias := self.records.get((name, "CNAME")):
            answer.answer.append(rrset.from_text(f"{name}.", 60, "IN", "CNAME", f"{alias[0]}."))
            name = alias[0]
        if values := self.records.get((name, kind)):
            answer.answer.append(rrset.from_text(f"{name}.", 60, "IN", kind, *values))
        return answer
