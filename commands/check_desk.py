"""The check's officer at the desk."""

import re
from typing import Any

from commands.check_http import Browser, Page, WebForm
from commands.check_ledger import Ledger

_ENTRY = re.compile(r"/desk/entries/(\d+)")


class Officer:
    """Logs in, finds entries by the sender's name, does what can be done with them."""

    def __init__(self, ledger: Ledger, data: dict[str, Any]) -> None:
        self.ledger = ledger
        self.desk = data["desk"]
        self.browser = Browser(data["base"])

    def log_in(self) -> None:
        """Log in with the demo's officer account; a wrong password is refused before that."""
        account = next(one for one in self.desk["users"] if one["role"] == "officer")
        page, form = self._login_form()
        status, _page = self.browser.send(page, form, self._credentials(form, account["email"], "wrong"))
        self.ledger.see(status >= 400, f"the desk refuses a wrong password, {status}")
        page, form = self._login_form()
        answers = self._credentials(form, account["email"], account["password"])
        status, page = self.browser.send(page, form, answers)
        is_in = status == 303 and page.status == 200 and not _password_of(page)
        self.ledger.need(is_in or None, f"{account['email']} logs in at the desk", page.heading)

    def _login_form(self) -> tuple[Page, WebForm]:
        page = self.browser.get("/desk/login")
        form = next((one for one in page.forms if any(c.kind == "password" for c in one.controls)), None)
        return page, self.ledger.need(form, "the log-in form is there") if form is None else form

    @staticmethod
    def _credentials(form: WebForm, email: str, password: str) -> dict[str, str]:
        answers = {}
        for control in form.controls:
            if control.kind == "password":
                answers[control.name] = password
            elif control.kind in ("email", "text"):
                answers[control.name] = email
        return answers

    def entries_of(self, name: str, *, everything: bool = False) -> list[str]:
        """Return the addresses of the entries in the queue whose sender has this name."""
        page = self.browser.get("/desk/?show=all" if everything else "/desk/")
        return sorted({found[0] for url in page.links_saying(name) if (found := _ENTRY.search(url))})

    def does(self, path: str, act: str, words: str = "") -> Page:
        """Do something with an entry by its form on the entry's page, and return the page it leads to."""
        page = self.browser.get(path)
        own = re.compile(rf"/desk/entries/\d+/{act}$")  # the list has forms too
        form = next((one for one in page.forms if own.search(one.action.partition("?")[0])), None)
        found = self.ledger.need(form, f"{act} can be chosen on {path}") if form is None else form
        answers = {one.name: words for one in found.controls if one.kind in ("textarea", "text")}
        status, after = self.browser.send(page, found, answers)
        self.ledger.see(status == 303 and after.status == 200, f"{act} on {path}, {status}")
        return after


def _password_of(page: Page) -> bool:
    return any(control.kind == "password" for form in page.forms for control in form.controls)
