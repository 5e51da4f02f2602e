"""A database that is away: every page says so in the language of its reader, and none fails while it does."""

import pytest

from models.db import Database
from models.settings import Settings
from tests.webforms.conftest import Page
from translations import Text
from webforms import create_app
from webforms.errors import WORDS


@pytest.fixture
def away(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Database:
    """A database that nobody can open."""
    return Database(f"sqlite:///{tmp_path_factory.mktemp('none')}/not/there.sqlite")


def test_every_page_says_so_and_none_breaks(settings: Settings, away: Database) -> None:
    app = create_app(settings, away)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    client, said = app.test_client(), 0
    addresses = {
        rule.build({"tag": "ar"}) or (0, str(rule))
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or set()) and rule.arguments <= {"tag"}
    }
    more = [
        "/ar/groups/7.49",
        "/ar/forms/join-group",
        "/j/abcd",
        "/ar/none/such",
        "/uploads/x",
        "/wall/x/now",
    ]
    for address in [*(path for _part, path in addresses), *more]:
        answer = client.get(address, headers={"Accept-Language": "ar"})
        assert answer.status_code != 500, address
        said += answer.status_code == 503 and WORDS[503].to("ar") in Page(answer).text
    assert said > 10
    sent = Page(client.post("/ar/forms/ask-office", data={"csrf": "x"}))
    assert sent.status == 503
    assert sent.response.headers["Retry-After"] == "5"
    assert WORDS[503].to("ar") in sent.text
    assert isinstance(WORDS[503], Text)
