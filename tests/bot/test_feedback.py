"""Feedback by chat: several points one after the other, and nothing left that leads back to the person."""

from models import feedback_summary
from tests.bot.chat import Bot, Visitor, said
from tests.models.test_erasure import found

WORD = "kirschgarten"


def test_points_come_one_by_one_and_nothing_leads_back(any_bot: Bot) -> None:
    amina = Visitor(any_bot, 4711)
    amina.write("/start f_7.49")
    amina.press("some")
    amina.write(f"Erster {WORD}")
    assert "Noted" in said(amina.last)
    amina.write(f"Zweiter {WORD}\nDritter {WORD}")
    amina.press("chosen")
    amina.write(f"Anders wegen {WORD}")
    amina.press("chosen")
    assert WORD not in said(amina.last), "what is anonymous is not repeated into a letter"
    amina.press("send", times=2)
    with any_bot.db.reading() as session:
        (whole,) = feedback_summary.listed(session)
        assert (whole.stays.count, whole.adapt.count, whole.forms) == (3, 1, 1)
        assert found(session, word=WORD) == {"feedback_points.words"}
    amina.write("/start f_7.49")
    amina.press("none")
    amina.press("send")
    with any_bot.db.reading() as session:
        (whole,) = feedback_summary.listed(session)
        assert (whole.no_remarks, whole.forms) == (1, 2), "who has more to say may say it"
