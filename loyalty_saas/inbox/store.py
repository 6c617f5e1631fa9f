"""Messages as files in one directory, newest first."""

import base64
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.message import Message as AnyMessage
from email.policy import default as modern
from functools import cached_property
from pathlib import Path

KEEP = 1_000
ENVELOPE_HEADER = "X-Envelope-To"
LINK = re.compile(r"https?://[^\s<>\"')\]]+[^\s<>\"')\].,;:!?]")
# What we send as a code to type: capitals and digits, whole or in groups with a dash, with a digit or a
# dash in it so that a shouted word is none; alone on its line.
CODE = re.compile(r"^\s*(?=[A-Z-]*[0-9-])([A-Z0-9]{4,10}(?:-[A-Z0-9]{3,6}){0,3})\s*$", re.MULTILINE)
IDENTIFIER = re.compile(r"^[0-9]{16}-[0-9a-f]{8}$")


@dataclass(frozen=True)
class Attachment:
    name: str
    kind: str
    content: bytes


@dataclass(frozen=True)
class Message:
    """One message as it arrived."""

    id: str
    raw: bytes

    @cached_property
    def parsed(self) -> EmailMessage:
        return message_from_bytes(self.raw, _class=EmailMessage, policy=modern)

    @property
    def subject(self) -> str:
        return str(self.parsed["subject"] or "").strip() or "(no subject)"

    @property
    def sender(self) -> str:
        return str(self.parsed["from"] or "")

    @property
    def to(self) -> str:
        """The receivers of the envelope, which a blind copy has and the headers have not."""
        return str(self.parsed[ENVELOPE_HEADER] or self.parsed["to"] or "")

    @property
    def received(self) -> datetime:
        return datetime.fromtimestamp(int(self.id.split("-")[0]) / 1_000_000, UTC)

    @cached_property
    def text(self) -> str:
        return self._body("plain")

    @cached_property
    def html(self) -> str:
        """The HTML part with its pictures inside."""
        html = self._body("html")
        for part in self.parsed.walk():
            if (name := part["content-id"]) and part.get_content_maintype() == "image":
                picture = base64.b64encode(_content(part)).decode()
                html = html.replace(f"cid:{name.strip('<>')}", f"data:{part.get_content_type()};base64,{picture}")
        return html

    @property
    def attachments(self) -> list[Attachment]:
        return [
            Attachment(part.get_filename() or "attachment", part.get_content_type(), _content(part))
            for part in self.parsed.iter_attachments()
            if not part["content-id"] and not part.is_multipart()
        ]

    @property
    def links(self) -> list[str]:
        return list(dict.fromkeys(LINK.findall(self.text)))

    @property
    def codes(self) -> list[str]:
        return CODE.findall(self.text)

    def _body(self, kind: str) -> str:
        part = self.parsed.get_body((kind,))
        if part is None:
            return ""
        try:
            return str(part.get_content())
        except LookupError:  # a character set that nobody knows
            return _content(part).decode("utf-8", "replace")


def _content(part: AnyMessage) -> bytes:
    """A part's bytes, decoded from what mail carries them in."""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


class Store:
    """The directory of the messages."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    def add(self, content: bytes, receivers: list[str]) -> str:
        """Keep a message; the oldest beyond a thousand are forgotten."""
        identifier = f"{time.time_ns() // 1_000:016d}-{secrets.token_hex(4)}"
        envelope = ", ".join(re.sub(r"[\r\n]", "", receiver) for receiver in receivers)
        beginning = self.directory / f".{identifier}"
        beginning.write_bytes(f"{ENVELOPE_HEADER}: {envelope}\r\n".encode() + content)
        beginning.replace(self.directory / f"{identifier}.eml")
        for old in self._files()[KEEP:]:
            old.unlink(missing_ok=True)
        return identifier

    def all(self, *, to: str = "") -> Iterator[Message]:
        """Every message, newest first; with `to`, those whose receivers contain it."""
        for path in self._files():
            if (message := self.get(path.stem)) and to.lower() in message.to.lower():
                yield message

    def get(self, identifier: str) -> Message | None:
        path = self.directory / f"{identifier}.eml"
        if not IDENTIFIER.match(identifier) or not path.exists():
            return None
        return Message(identifier, path.read_bytes())

    def clear(self) -> None:
        for path in self._files():
            path.unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        return sorted(self.directory.glob("*.eml"), reverse=True)
