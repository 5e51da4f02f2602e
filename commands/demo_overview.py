"""What a demo tells: to people on the screen, to programs in demo.json."""

import json
from dataclasses import dataclass
from typing import Any

from commands.demo_home import Home
from models import groups, regions
from models.db import Database
from models.groups import GroupCard
from models.settings import Settings

SHOWN_GROUP = "7.49"


@dataclass(frozen=True, slots=True)
class Contents:
    """What the demo's database holds that people are told of."""

    region: str
    cards: tuple[GroupCard, ...]

    @property
    def shown(self) -> GroupCard | None:
        """The group that serves as the example: 7.49, or the first one of another region."""
        return next((c for c in self.cards if c.number == SHOWN_GROUP), next(iter(self.cards), None))


def contents_of(settings: Settings) -> Contents:
    """Read the names of the region and its groups."""
    db = Database(settings.database, settings.zone)
    try:
        with db.reading() as session:
            return Contents(regions.the_region(session).name, groups.directory(session).cards)
    finally:
        db.close()


def as_data(home: Home, contents: Contents) -> dict[str, Any]:
    """Return the content of demo.json, in the shape that other programs rely on."""
    settings = home.settings
    return {
        "base": settings.base_url,
        "bot_api": settings.bot_api,
        "bot_token": settings.bot_token.get_secret_value(),
        "bot_username": settings.bot_username,
        "chat": home.chat_url,
        "desk": {
            "url": settings.address("/desk/"),
            "users": [
                {"email": one.email, "password": one.password, "totp_secret": None, "role": one.role.value}
                for one in home.accounts
            ],
        },
        "mail": home.mail_url,
        "groups": {
            card.number: {
                "code": card.code,
                "url": settings.address(f"/j/{card.code}"),
                "telegram": settings.telegram_address(card.code),
            }
            for card in contents.cards
        },
    }


def write_data(home: Home, contents: Contents) -> None:
    """Write demo.json; it is there whole or not at all, and readable by its owner only."""
    part = home.folder / "demo.json.part"
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    text = json.dumps(as_data(home, contents), ensure_ascii=False, indent=2)
    part.write_text(text + "\n", encoding="utf-8")
    part.replace(home.folder / "demo.json")


def overview(home: Home, contents: Contents) -> str:
    """Return the addresses to click, with what to try at each."""
    settings = home.settings
    shown = contents.shown
    code = shown.code if shown else ""
    number = shown.number if shown else "–"
    accounts = [f"{one.email}  password {one.password}" for one in home.accounts]
    rows = [
        ("Home", settings.address("/"), ["All working groups, in the language you choose."]),
        (
            "QR code",
            settings.address(f"/j/{code}"),
            [f"What the poster of group {number} leads to: sign up."],
        ),
        ("Chat", settings.telegram_address(code), ["The same by chat: make somebody up, press Open."]),
        ("Desk", settings.address("/desk/"), ["Log in and answer the sign-ups:", *accounts]),
        ("Mails", home.mail_url, ["Every mail of the demo lands here; none leaves this machine."]),
    ]
    lines = ["", f"  mitwirken demo · {contents.region}", ""]
    for name, address, words in rows:
        lines += [f"  {name:<9}{address}", *(f"{'':11}{one}" for one in words), ""]
    lines += [f"  Everything is kept in {home.folder}. Ctrl+C stops it.", ""]
    return "\n".join(lines)
