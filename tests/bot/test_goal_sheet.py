"""A lead comes from the chat to the goal sheet's editing page with one tap."""

from models import groups, leads, people
from models.links import Purpose
from tests.bot.chat import Bot, Visitor


def _sheets(letter: object) -> list[tuple[str, Purpose | None]]:
    return [(one.page, one.purpose) for one in letter.buttons if "?group=" in one.page]  # type: ignore[attr-defined]


def test_the_menu_leads_to_the_goal_sheets_of_the_groups_that_one_leads(bot: Bot) -> None:
    visitor = Visitor(bot, 501)
    visitor.write("/start")
    assert _sheets(visitor.press_data("menu:main:0")) == []
    with bot.db.transaction() as session:
        person = people.of_chat(session, 501)
        assert person is not None
        group_id = groups.directory(session).get("7.49").id
        leads.appoint(session, group_id, person)
    page = "/{lang}/me/{link}?group=7.49"
    expected = [(page, Purpose.ME), (f"{page}&to=write", Purpose.ME)]
    for letter in (visitor.press_data("menu:main:0"), visitor.write("/start"), visitor.write("/groups")):
        assert _sheets(letter) == expected
    with bot.db.transaction() as session:
        leads.dismiss(session, group_id, person.id)
    assert _sheets(visitor.press_data("menu:main:0")) == []
