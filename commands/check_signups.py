"""The check's two people: one signs up on a page in Arabic, the other by chat in German."""

from dataclasses import dataclass
from typing import Any

from commands.check_chat import Phone, Said
from commands.check_http import Browser, Page, WebForm
from commands.check_ledger import Ledger
from commands.check_mail import Mailbox

_MOST_QUESTIONS = 20
# Which button to press, in this order: into the form, sending it, a ready answer, chat as the way back.
_PRESSED_FIRST = ("join:", "send:", "take:", ":telegram", "skip:")


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who signs up in the check."""

    name: str
    email: str = ""


def by_page(ledger: Ledger, data: dict[str, Any], number: str, guest: Guest, mailbox: Mailbox) -> Browser:
    """Scan the code, fill the form in, get it wrong first, then confirm the address. Return the browser."""
    browser = Browser(data["base"])
    group = data["groups"][number]
    landing = browser.get(group["url"], **{"Accept-Language": "ar"})
    is_there = landing.status == 200 and number in landing.text
    ledger.see(is_there, f"the QR address {group['url']} shows group {number}", landing.heading)
    ledger.see(landing.links_to("join-group"), "it offers the form")
    ledger.see(group["telegram"] in landing.links_to("start="), "it offers the chat", group["telegram"])
    page = browser.get(f"/ar/forms/join-group?group={group['code']}")
    form = ledger.need(page.form_with("name", "email"), "the form opens", page.heading)
    ledger.see(
        page.language == "ar" and page.direction == "rtl", "it is in Arabic, right to left", page.heading
    )
    wrong = _send_wrong(ledger, browser, page, form, guest)
    _send_right(ledger, browser, wrong, guest)
    _confirm(ledger, browser, guest, mailbox)
    return browser


def _answers(form: WebForm, guest: Guest, email: str) -> dict[str, str]:
    ticked = {one.name: one.value for one in form.controls if one.kind == "checkbox"}
    return ticked | {"name": guest.name, "reach": "email", "email": email}


def _send_wrong(ledger: Ledger, browser: Browser, page: Page, form: WebForm, guest: Guest) -> Page:
    status, again = browser.send(page, form, _answers(form, guest, "nowhere@@example"))
    ledger.see(status == 422, "a wrong e-mail address is answered with 422", str(status))
    kept = again.form_with("name", "email")
    values = {one.value for one in kept.controls} if kept else set()
    ledger.see({guest.name, "nowhere@@example"} <= values, "what was typed is still there")
    ledger.see(again.language == "ar", "the words about it are in Arabic", again.heading)
    return again


def _send_right(ledger: Ledger, browser: Browser, page: Page, guest: Guest) -> None:
    form = ledger.need(page.form_with("name", "email"), "the form can be corrected")
    answers = _answers(form, guest, guest.email)
    status, thanks = browser.send(page, form, answers)
    ledger.see(status == 303 and thanks.status == 200, f"sent, {status}", thanks.heading)
    status, thanks = browser.send(page, form, answers)
    ledger.see(status == 303 and thanks.status == 200, f"sent once more by mistake, {status}")


def _confirm(ledger: Ledger, browser: Browser, guest: Guest, mailbox: Mailbox) -> None:
    letter = ledger.wait_for(lambda: mailbox.with_link(guest.email, "/confirm/"))
    found = ledger.need(letter, "a mail asks to confirm the address", letter.subject if letter else "")
    page = browser.get(found.link("/confirm/") or "")
    forms = [form for form in page.forms if form.method == "post" and "confirm" in (form.action or page.url)]
    if forms:
        _status, page = browser.send(page, forms[0], {})
    ledger.see(page.status == 200, "its link confirms the address", page.heading)


def by_chat(ledger: Ledger, data: dict[str, Any], number: str, guest: Guest) -> Phone:
    """Open the deep link and press buttons until the form is sent. Return the phone."""
    phone = Phone(data["bot_api"], guest.name, "de")
    said = phone.write(f"/start {data['groups'][number]['code']}")
    last = ledger.need(said[-1] if said else None, "the bot answers the deep link", _words(said))
    ledger.see(number in last.text, f"it speaks of group {number}")
    for _question in range(_MOST_QUESTIONS):
        button = _choose(last)
        said = phone.write(guest.name) if button is None else phone.press(last, button)
        last = said[-1] if said else ledger.need(None, "the bot goes on")
        if button and "send:" in button.get("callback_data", ""):
            ledger.see(number in last.text, "signed up by buttons alone", last.text)
            return phone
    ledger.see(False, f"the form ends after {_MOST_QUESTIONS} questions", last.text)
    return phone


def _choose(said: Said) -> dict[str, str] | None:
    hinted = said.button(*_PRESSED_FIRST)
    if hinted:
        return hinted
    return next((one for one in said.buttons if one.get("callback_data", "").startswith("a:")), None)


def _words(said: list[Said]) -> str:
    return said[-1].text if said else "nothing"
