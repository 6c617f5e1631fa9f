"""The pages of the inbox: a list beside one message. Everything that came by mail is escaped or fenced in."""

from datetime import UTC, datetime
from html import escape

from loyalty_saas.inbox.store import LINK, Message, Store

SHELL = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/inbox.css">
<script type="module" src="/inbox.js"></script>
</head>
<body data-newest="{newest}" class="{view}">
<header><a href="/">Inbox</a><span>Mail that Regulars sent on this machine. Nothing leaves it.</span>{clear}</header>
<nav aria-label="Messages">{items}</nav>
<main>{main}</main>
</body>
</html>
"""
CLEAR = '<form method="post" action="/clear"><button>Delete all</button></form>'
NOTHING_YET = """<section class="empty"><h1>No mail yet</h1>
<p>Sign-up codes, invitations and receipts appear here the moment they are sent.</p></section>"""
CHOOSE = '<section class="empty"><h1>Choose a message</h1><p>Its text, links and codes are shown here.</p></section>'


def page(store: Store, shown: Message | None = None) -> str:
    """The whole page, with one message open or none."""
    messages = list(store.all())[:200]
    main = message(shown) if shown else (CHOOSE if messages else NOTHING_YET)
    return SHELL.format(
        title=escape(shown.subject if shown else f"Inbox ({len(messages)})"),
        newest=messages[0].id if messages else "",
        view="reading" if shown else "listing",
        clear=CLEAR if messages else "",
        items="".join(item(each, current=shown is not None and each.id == shown.id) for each in messages),
        main=main,
    )


def item(message: Message, *, current: bool) -> str:
    mark = ' aria-current="page"' if current else ""
    return (
        f'<a href="/messages/{message.id}"{mark}><b>{escape(message.subject)}</b>'
        f"<span>{escape(message.to)}</span>{when(message.received)}</a>"
    )


def when(moment: datetime) -> str:
    local = moment.astimezone()
    today = datetime.now(UTC).astimezone().date() == local.date()
    return (
        f'<time datetime="{moment.isoformat()}">{local:%H:%M:%S}</time>'
        if today
        else (f'<time datetime="{moment.isoformat()}">{local:%d %b, %H:%M}</time>')
    )


def message(shown: Message) -> str:
    """One message: who, what, codes to copy, links to follow, then its text and its HTML."""
    codes = "".join(f'<button type="button" data-copy="{code}">{code}</button>' for code in shown.codes)
    attachments = "".join(
        f'<a href="/messages/{shown.id}/attachments/{number}" download>{escape(each.name)}</a>'
        for number, each in enumerate(shown.attachments)
    )
    return (
        f"<article><h1>{escape(shown.subject)}</h1>"
        f"<dl><dt>From</dt><dd>{escape(shown.sender)}</dd><dt>To</dt><dd>{escape(shown.to)}</dd>"
        f"<dt>When</dt><dd>{when(shown.received)}</dd></dl>"
        + (f'<p class="codes">{codes}<span>click to copy</span></p>' if codes else "")
        + (f'<p class="attachments">{attachments}</p>' if attachments else "")
        + (f'<section class="text">{with_links(shown.text)}</section>' if shown.text.strip() else "")
        + (
            f'<h2>As HTML</h2><iframe title="The message as HTML" src="/messages/{shown.id}/html" '
            'sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>'
            if shown.html
            else ""
        )
        + f'<p class="source"><a href="/messages/{shown.id}/source">Source</a></p></article>'
    )


def with_links(text: str) -> str:
    """Plain text as HTML, its addresses as links."""
    parts, end = [], 0
    for found in LINK.finditer(text):
        link = escape(found.group())
        parts += [escape(text[end : found.start()]), f'<a href="{link}" target="_blank" rel="noopener">{link}</a>']
        end = found.end()
    return "".join([*parts, escape(text[end:])])


def as_data(message: Message) -> dict[str, object]:
    """One message for tests and scripts."""
    return {
        "id": message.id,
        "from": message.sender,
        "to": message.to,
        "subject": message.subject,
        "received": message.received.isoformat(),
        "text": message.text,
        "html": message.html,
        "links": message.links,
        "codes": message.codes,
        "attachments": [attachment.name for attachment in message.attachments],
    }
