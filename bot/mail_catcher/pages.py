"""The pages of the practice mailbox."""

from email.utils import parsedate_to_datetime
from html import escape
from urllib.parse import quote

from bot.mail_catcher.store import LINK, TRAILING, Mail
from translations import Language, _, dates, find

TITLE = _("Practice mailbox")
WHAT = _(
    "This is the practice mailbox of the demo. E-mails land here and nowhere else: "
    "nothing leaves this machine."
)
EMPTY = _("No e-mails yet. Sign up for a group, and its e-mail shows up here.")
ONLY = _("Only e-mails to {address}")
ALL = _("Show all e-mails")
TO, DATE, LANGUAGE = _("To"), _("Date"), _("Language")
AS_DESIGNED = _("As the mail program shows it")
AS_SENT = _("As sent (.eml)")
BACK = _("Back to all e-mails")
OLDER = _("Older e-mails")
SKIP = _("Skip to the e-mails")
MISSING = _("There is no such e-mail.")
STYLE = """
:root{--page:#f5f2ec;--card:#fff;--ink:#1d1d1b;--soft:#555049;--line:#d9d3c7;--accent:#0b5d66;--banner:#1d1d1b}
@media(prefers-color-scheme:dark){:root{--page:#161614;--card:#21211f;--ink:#f1eee8;--soft:#b9b3a8;
--line:#46433d;--accent:#7fd1da;--banner:#33312d}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:18px/1.55 system-ui,sans-serif;
overflow-wrap:anywhere}
header p{margin:0;padding:.6rem 1rem;background:var(--banner);color:#fff;text-align:center;font-size:1rem}
main{max-width:44rem;margin:0 auto;padding:1rem}
h1{font-size:1.6rem;line-height:1.25}
h2{font-size:1.2rem;line-height:1.35;margin:0 0 .4rem}
article{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1rem;margin:0 0 1.2rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem .8rem;margin:0 0 .8rem;color:var(--soft);
font-size:1rem}
dd{margin:0}
.words{white-space:pre-wrap;margin:0;padding:.8rem 0;border-block:1px solid var(--line)}
a{color:var(--accent)}
a:focus-visible,iframe:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
.ways{display:flex;flex-wrap:wrap;gap:0 1.5rem;margin:.6rem 0 0}
.ways a{display:inline-block;padding:.55rem 0}
iframe{width:100%;height:75vh;border:1px solid var(--line);border-radius:12px;background:#fff}
.skip{position:absolute;inset-inline-start:-99rem}
.skip:focus{inset-inline-start:1rem;background:var(--card);padding:.6rem}
"""


def _document(title: str, body: str, reader: Language) -> str:
    tag = reader.tag
    return (
        f'<!doctype html>\n<html lang="{tag}" dir="{reader.direction}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n<meta name="color-scheme" content="light dark">\n'
        f'<title>{escape(title)}</title>\n<link rel="icon" href="data:,">\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#mails">{escape(SKIP.to(tag))}</a>\n'
        f"<header><p>{escape(WHAT.to(tag))}</p></header>\n"
        f'<main id="mails">\n{body}\n</main>\n</body>\n</html>\n'
    )


def listing(mails: list[Mail], reader: Language, *, to: str, older: str) -> str:
    """Return the page with these e-mails; `older` is the address of the next page, if there is one."""
    tag = reader.tag
    parts = [f"<h1>{escape(TITLE.to(tag))}</h1>"]
    if to:
        parts.append(f'<p>{escape(ONLY(address=to).to(tag))} · <a href="/">{escape(ALL.to(tag))}</a></p>')
    if not mails:
        parts.append(f"<p>{escape(EMPTY.to(tag))}</p>")
    parts += [_entry(mail, reader) for mail in mails]
    if older:
        parts.append(f'<p class="ways"><a href="{escape(older)}">{escape(OLDER.to(tag))}</a></p>')
    return _document(TITLE.to(tag), "\n".join(parts), reader)


def _entry(mail: Mail, reader: Language) -> str:
    tag = reader.tag
    return (
        f'<article aria-labelledby="mail-{mail.number}">\n'
        f'<h2 id="mail-{mail.number}"{_marks(mail)}>{escape(mail.subject) or "–"}</h2>\n'
        f"{_facts(mail, reader)}\n"
        f'<p class="words"{_marks(mail)}>{linked(mail.text)}</p>\n<p class="ways">'
        f'<a href="/mail/{mail.number}">{escape(AS_DESIGNED.to(tag))}</a> '
        f'<a href="/mail/{mail.number}.eml">{escape(AS_SENT.to(tag))}</a></p>\n</article>'
    )


def single(mail: Mail, reader: Language) -> str:
    """Return the page of one e-mail as a mail program shows it, shut in so that it can do nothing here."""
    tag = reader.tag
    sandbox = "allow-popups allow-popups-to-escape-sandbox"
    body = (
        f"<h1{_marks(mail)}>{escape(mail.subject) or '–'}</h1>\n{_facts(mail, reader)}\n"
        f'<iframe sandbox="{sandbox}" src="/mail/{mail.number}/html"'
        f' title="{escape(AS_DESIGNED.to(tag))}"></iframe>\n'
        f'<p class="ways"><a href="/">{escape(BACK.to(tag))}</a> '
        f'<a href="/mail/{mail.number}.eml">{escape(AS_SENT.to(tag))}</a></p>'
    )
    return _document(mail.subject or TITLE.to(tag), body, reader)


def missing(reader: Language) -> str:
    """Return the page for an e-mail that does not exist."""
    tag = reader.tag
    body = f'<h1>{escape(MISSING.to(tag))}</h1>\n<p><a href="/">{escape(BACK.to(tag))}</a></p>'
    return _document(MISSING.to(tag), body, reader)


def _facts(mail: Mail, reader: Language) -> str:
    tag = reader.tag
    people = ", ".join(f'<a href="/?to={quote(one)}"><bdi>{escape(one)}</bdi></a>' for one in mail.to)
    spoken = find(mail.language) if mail.language else None
    rows = [(TO.to(tag), people), (DATE.to(tag), escape(_date(mail.date, tag)))]
    if spoken:
        rows.append((LANGUAGE.to(tag), f'<bdi lang="{spoken.tag}">{escape(spoken.own_name)}</bdi>'))
    return "<dl>" + "".join(f"<dt>{escape(name)}</dt><dd>{value}</dd>" for name, value in rows) + "</dl>"


def _date(raw: str, tag: str) -> str:
    try:
        return dates.moment(parsedate_to_datetime(raw), tag)
    except ValueError:
        return raw


def _marks(mail: Mail) -> str:
    spoken = find(mail.language) if mail.language else None
    return f' lang="{spoken.tag}" dir="{spoken.direction}"' if spoken else ' dir="auto"'


def linked(words: str) -> str:
    """Return plain words as HTML, with every address as a link."""
    parts, end = [], 0
    for match in LINK.finditer(words):
        address = match[0].rstrip(TRAILING)
        parts.append(escape(words[end : match.start()]))
        parts.append(f'<a href="{escape(address)}" dir="ltr">{escape(address)}</a>')
        end = match.start() + len(address)
    return "".join([*parts, escape(words[end:])])
