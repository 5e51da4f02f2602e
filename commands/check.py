"""The main job, walked from the QR code to the answer: what `mitwirken demo --check` does."""

import secrets
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from commands.check_chat import Phone
from commands.check_desk import Officer
from commands.check_http import Browser
from commands.check_ledger import Ledger, Stopped
from commands.check_mail import Mailbox
from commands.check_signups import Guest, by_chat, by_page


def walk(data: dict[str, Any], number: str, tell: Callable[[str], None], stop: threading.Event) -> bool:
    """Walk the main job on a running demo, telling each step; True when all was as it should be.

    `data` is the content of demo.json, `number` the group that both people join. Each walk is by new
    people, so it can be repeated.
    """
    ledger = Ledger(tell, stop)
    try:
        _walk(ledger, data, number)
    except Stopped:
        if stop.is_set():
            tell("Stopped.")
            return False
    except OSError as error:
        ledger.see(False, "something does not answer", str(error))
    tell(f"{ledger.failures} steps went wrong." if ledger.failures else "All steps went as they should.")
    return ledger.failures == 0


def _walk(ledger: Ledger, data: dict[str, Any], number: str) -> None:
    mark = secrets.token_hex(3)
    amina = Guest(f"Amina Beispiel {mark}", f"amina-{mark}@example.org")
    boris = Guest(f"Boris Muster {mark}")
    mailbox = Mailbox(data["mail"])
    ledger.see(len(data["groups"]) >= 1, f"demo.json names {len(data['groups'])} groups")
    browser = by_page(ledger, data, number, amina, mailbox)
    phone = by_chat(ledger, data, number, boris)
    officer = Officer(ledger, data)
    officer.log_in()
    entries = {guest: _only_entry(ledger, officer, guest) for guest in (amina, boris)}
    _ask_back(ledger, officer, entries, mark)
    _answer_by_page(ledger, browser, amina, mailbox, mark)
    _answer_by_chat(ledger, phone, mark)
    for guest, path in entries.items():
        shown = officer.browser.get(path).text
        ledger.see(f"answer {mark}" in shown, f"the answer of {guest.name} is on the same entry {path}")
    _settle(ledger, officer, entries, phone, mailbox)


def _only_entry(ledger: Ledger, officer: Officer, guest: Guest) -> str:
    found = officer.entries_of(guest.name)
    path = ledger.need(found[0] if found else None, f"{guest.name} waits in the queue", " ".join(found))
    every = officer.entries_of(guest.name, everything=True)
    ledger.see(len(every) == 1, "and is there once", " ".join(every))
    return path


def _ask_back(ledger: Ledger, officer: Officer, entries: dict[Guest, str], mark: str) -> None:
    for guest, path in entries.items():
        officer.does(path, "ask", f"When could you come, question {mark}?")
        shown = officer.browser.get(path).text
        ledger.see(f"question {mark}" in shown, f"{guest.name} is asked back")


def _answer_by_page(ledger: Ledger, browser: Browser, guest: Guest, mailbox: Mailbox, mark: str) -> None:
    letter = ledger.wait_for(lambda: mailbox.with_link(guest.email, "/answer/"))
    found = ledger.need(letter, "the question comes by mail", letter.subject if letter else "")
    page = browser.get(found.link("/answer/") or "")
    form = next((one for one in page.forms if any(c.kind == "textarea" for c in one.controls)), None)
    ask = ledger.need(form, "its link shows the question", page.heading)
    answers = {one.name: f"On Mondays, answer {mark}" for one in ask.controls if one.kind == "textarea"}
    status, page = browser.send(page, ask, answers)
    ledger.see(status == 303 and page.status == 200, f"answered on the page, {status}", page.heading)


def _answer_by_chat(ledger: Ledger, phone: Phone, mark: str) -> None:
    question = phone.wait_for(f"question {mark}")
    asked = ledger.need(question, "the question comes by chat", question.text if question else "")
    button = asked.button("answer:")
    said = phone.press(asked, button) if button else []
    ledger.see(said, "a button leads to the answer", said[-1].text if said else "")
    said = phone.write(f"On Tuesdays, answer {mark}")
    last = said[-1] if said else None
    send = last.button("send:") if last else None
    if last is not None and send is not None:
        said = phone.press(last, send)
    ledger.see(said, "answered by chat", said[-1].text if said else "")


def _settle(
    ledger: Ledger, officer: Officer, entries: dict[Guest, str], phone: Phone, mailbox: Mailbox
) -> None:
    """Accept the first entry and then hand it over; hand the other over at once, which accepts it too."""
    mails, chats = mailbox.newest(), phone.last_number()
    by_mail = next(iter(entries))
    officer.does(entries[by_mail], "accept", "Welcome!")
    for guest, path in entries.items():
        officer.does(path, "hand-over")
        told = ledger.wait_for(partial(_contact_told, mailbox, mails, guest.name))
        ledger.see(told, f"the contact person hears of {guest.name}", told or "")
    letters = ledger.wait_for(lambda: mailbox.letters(to=by_mail.email, after=mails)[1:]) or []
    words = letters[-1].subject if letters else ""
    ledger.see(letters, f"{by_mail.name} gets the welcome and the contact by mail", words)
    said = ledger.wait_for(lambda: [s for s in phone.chat() if s.is_from_bot and s.id > chats][1:]) or []
    ledger.see(said, "the other gets both by chat", said[-1].text if said else "")


def _contact_told(mailbox: Mailbox, after: int, name: str) -> str:
    """Return to whom a mail went that names somebody, "" when there is none yet."""
    found = [one for one in mailbox.letters(after=after) if name in f"{one.subject} {one.text}"]
    return found[-1].to if found else ""
