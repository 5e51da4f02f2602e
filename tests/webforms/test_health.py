"""The admin's watch: `/healthz` tells the truth, `/metrics` tells numbers, and only to who may read them."""

import json
import shutil
from collections import namedtuple
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from bench.recording import listening
from models import clock, leases, marks, nights, retention
from models.db import Database
from models.inbox import take_in
from models.settings import Settings
from tests.webforms.conftest import Browser
from webforms import create_app

HERE = "http://127.0.0.1:8000"
TOKEN = "watch-token-of-the-admin"
JOBS = ("clockwork", "courier:email", "courier:telegram", "bot")
Usage = namedtuple("Usage", "total used free")


def client(settings: Settings, db: Database, **changes: object) -> FlaskClient:
    """A browser on an installation with these settings changed."""
    return create_app(settings.model_copy(update=changes), db).test_client()


@contextmanager
def held(db: Database, *names: str) -> Iterator[None]:
    """Let somebody who lives do these jobs."""
    holder = leases.new_holder()
    with db.transaction() as session:
        assert all(leases.hold(session, name, holder) for name in names)
    yield
    with db.transaction() as session:
        for name in names:
            leases.release(session, name, holder)


def test_all_is_well_while_everything_runs(settings: Settings, paderborn: Database) -> None:
    whole = client(settings, paderborn, bot_token=SecretStr("1:x"))
    with held(paderborn, *JOBS):
        answer = whole.get("/healthz")
    assert answer.status_code == 200
    assert answer.json == {
        "status": "ok",
        "database": True,
        "schema": "current",
        "disk": "ok",
        "lacks": [],
        "backups": "off",
        "stuck": [],
    }


@pytest.mark.parametrize(
    ("dead", "what"), list(zip(JOBS, ("courier", "mail", "chat messages", "bot"), strict=True))
)
def test_a_process_that_has_stopped_is_named_and_pages_go_on(
    settings: Settings, paderborn: Database, dead: str, what: str
) -> None:
    whole = client(settings, paderborn, bot_token=SecretStr("1:x"))
    with held(paderborn, *(name for name in JOBS if name != dead)):
        answer = whole.get("/healthz")
    assert answer.status_code == 200
    assert answer.json is not None
    assert (answer.json["status"], answer.json["lacks"]) == ("degraded", [what])


def test_a_lease_that_ran_out_or_whose_holder_is_dead_counts_for_nothing(
    settings: Settings, paderborn: Database
) -> None:
    page = client(settings, paderborn, smtp_host="")
    with held(paderborn, "clockwork"):
        assert page.get("/healthz").json["status"] == "ok"
        with clock.frozen(clock.now() + timedelta(minutes=5)):
            assert page.get("/healthz").json["lacks"] == ["courier"]
    dead = leases.new_holder().split(":")
    dead[1:3] = ["999999999", "1"]
    with paderborn.transaction() as session:
        assert leases.hold(session, "clockwork", ":".join(dead))
    assert page.get("/healthz").json["lacks"] == ["courier"]


def test_without_telegram_nobody_misses_the_bot(settings: Settings, paderborn: Database) -> None:
    page = client(settings, paderborn, bot_token=SecretStr("1:x"), telegram="off", smtp_host="")
    with held(paderborn, "clockwork"):
        assert page.get("/healthz").json["status"] == "ok"
    assert "bot" not in page.get("/healthz").get_data(as_text=True)


def test_a_night_that_did_not_come_is_said(settings: Settings, paderborn: Database) -> None:
    page = client(settings, paderborn, smtp_host="")
    with paderborn.transaction() as session:
        nights.watch(session)
    for days, lacks in ((1, []), (2, ["night"])):
        with clock.frozen(clock.now() + timedelta(days=days)), held(paderborn, "clockwork"):
            assert page.get("/healthz").json["lacks"] == lacks
    with clock.frozen(clock.now() + timedelta(days=3)), held(paderborn, "clockwork"):
        retention.prune(paderborn)
        assert page.get("/healthz").json["status"] == "ok"


def test_an_old_schema_is_down(browser: Browser, paderborn: Database) -> None:
    with paderborn.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'old'")
    answer = browser.client.get("/healthz")
    assert (answer.status_code, answer.json["status"], answer.json["schema"]) == (503, "down", "old")


def test_a_database_that_is_away_is_down(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    away = Database(f"sqlite:///{tmp_path_factory.mktemp('none')}/not/there.sqlite")
    answer = client(settings, away).get("/healthz")
    assert (answer.status_code, answer.json) == (503, {"status": "down", "database": False})


@pytest.mark.parametrize(
    ("free", "status", "disk", "code"),
    [(2e9, "ok", "ok", 200), (5e8, "degraded", "low", 200), (1e6, "down", "full", 503)],
)
def test_a_disk_that_fills_up_is_told(
    settings: Settings, paderborn: Database, monkeypatch: pytest.MonkeyPatch,
    free: float, status: str, disk: str, code: int,
) -> None:  # fmt: skip
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: Usage(4e9, 4e9 - free, int(free)))
    page = client(settings, paderborn, smtp_host="")
    with held(paderborn, "clockwork"):
        answer = page.get("/healthz")
    assert (answer.status_code, answer.json["status"], answer.json["disk"]) == (code, status, disk)


def test_letters_that_wait_for_a_mail_server_are_told(settings: Settings, paderborn: Database) -> None:
    page = client(settings, paderborn)
    sign_up(Browser(page), 1)
    with paderborn.transaction() as session:
        take_in(session, [{"update_id": 1, "message": {"chat": {"id": 7100000001}}}])
    now, none = clock.now(), list[str]()
    for minutes, stuck in ((14, none), (16, ["letters", "messages from the chat"])):
        with clock.frozen(now + timedelta(minutes=minutes)), held(paderborn, "clockwork", JOBS[1]):
            answer = page.get("/healthz")
        assert (answer.status_code, answer.json["stuck"]) == (200, stuck)
        assert answer.json["status"] == ("degraded" if stuck else "ok")


def test_backups_that_fail_or_are_late_are_told(
    settings: Settings, paderborn: Database, tmp_path: Path
) -> None:
    page = client(
        settings, paderborn, smtp_host="", backup_dir=tmp_path, backup_every=timedelta(hours=1),
        metrics_token=SecretStr(TOKEN),
    )  # fmt: skip

    def told() -> tuple[str, str]:
        with held(paderborn, "clockwork"):
            answer = page.get("/healthz")
        assert answer.status_code == 200  # people are served all the same
        return answer.json["status"], answer.json["backups"]

    def is_failing() -> float:
        paderborn.cache.drop()
        text = page.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).get_data(as_text=True)
        return numbers(text)["mitwirken_backup_failed",]

    assert told() == ("degraded", "late")
    with paderborn.transaction() as session:
        marks.note(session, marks.Deed.BACKUP, 7)
    assert (told(), is_failing()) == (("ok", "ok"), 0)
    with paderborn.transaction() as session:
        marks.note(session, marks.Deed.BACKUP_FAILED)
    assert (told(), is_failing()) == (("degraded", "failed"), 1)
    with paderborn.transaction() as session:
        marks.note(session, marks.Deed.BACKUP, 7)
    with clock.frozen(clock.now() + timedelta(hours=2, minutes=11)):
        assert told() == ("degraded", "late")


def numbers(text: str) -> dict[tuple[str, ...], float]:
    """The samples of a page of metrics, by name and labels, read by Prometheus' own parser."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def sign_up(browser: Browser, number: int) -> None:
    """Somebody signs up for a group."""
    who = {"name": f"Amina Beispiel {number}", "email": f"amina{number}@example.org", "role": "member"}
    page = browser.open("/de/forms/join-group?group=7.49")
    assert browser.send(page, "/de/forms/join-group", **who, pass_on="yes").status == 200


def test_metrics_tell_how_much_waits_and_how_long(settings: Settings, any_db: Database) -> None:
    page = client(settings, any_db, metrics_token=SecretStr(TOKEN))
    for number in range(3):
        sign_up(Browser(page), number)
    with any_db.transaction() as session:
        take_in(session, [{"update_id": n, "message": {"chat": {"id": 7100000001}}} for n in (1, 2)])
        marks.note(session, marks.Deed.BACKUP, 54_000_000)
        marks.note(session, marks.Deed.DRILL, 1500)
    any_db.cache.drop()
    with held(any_db, "clockwork"), clock.frozen(clock.now() + timedelta(seconds=20)):
        answer = page.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    found = numbers(answer.get_data(as_text=True))
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    assert found["mitwirken_entries", "join-group", "received"] == 3
    assert found["mitwirken_deliveries", "email", "queued"] == 3
    assert found["mitwirken_updates", "new"] == 2
    assert found["mitwirken_updates", "parked"] == 0
    for what in ("entry", "delivery", "update"):
        assert 20 <= found["mitwirken_oldest_waiting_seconds", what] < 120
    assert 20 <= found["mitwirken_backup_age_seconds",] < 120
    assert found["mitwirken_backup_size_bytes",] == 54_000_000
    assert 20 <= found["mitwirken_backup_drill_age_seconds",] < 120
    assert found["mitwirken_backup_drill_seconds",] == 1.5
    assert found["mitwirken_backup_failed",] == 0
    assert found["mitwirken_job_alive", "courier"] == 1
    assert found["mitwirken_job_alive", "mail"] == 0
    assert found["mitwirken_disk_free_bytes",] > 0
    assert any(name[0] == "mitwirken_info" for name in found)
    assert not [one for one in ("Amina", "example.org", "7100000001") if one in answer.get_data(as_text=True)]


def test_looking_takes_always_the_same_statements(settings: Settings, paderborn: Database) -> None:
    page = client(settings, paderborn, metrics_token=SecretStr(TOKEN))
    counts = []
    for number in range(0, 12, 6):
        paderborn.cache.drop()
        with listening(paderborn) as heard:
            page.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        counts.append(sum(one.is_statement for one in heard))
        for more in range(number, number + 6):
            sign_up(Browser(page), more)
    assert counts == [8, 8]


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer wrong", "Bearer ünïcode", f"Basic {TOKEN}", TOKEN])
def test_who_does_not_know_the_token_finds_no_such_page(
    settings: Settings, paderborn: Database, given: str
) -> None:
    page = client(settings, paderborn, metrics_token=SecretStr(TOKEN), base_url=HERE)
    answer = page.get("/metrics", base_url=HERE, headers={"Authorization": given} if given else {})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("base_url", "host", "address", "header", "status"),
    [
        (HERE, HERE, "127.0.0.1", "", 200),
        (HERE, "http://localhost:8000", "::1", "", 200),
        (HERE, HERE, "192.0.2.7", "", 404),  # from elsewhere
        (
            HERE,
            "http://rebound.example",
            "127.0.0.1",
            "",
            404,
        ),  # a page in a browser here, by a name of its own
        (HERE, HERE, "127.0.0.1", "X-Forwarded-For", 404),
        (
            "https://mitwirken.example.org",
            HERE,
            "127.0.0.1",
            "",
            404,
        ),  # through the proxy, all come from here
    ],
)
def test_without_a_token_only_a_trial_installation_shows_them_and_only_here(
    settings: Settings, paderborn: Database, base_url: str, host: str, address: str, header: str, status: int
) -> None:
    page = client(settings, paderborn, base_url=base_url)
    headers = {header: "192.0.2.7"} if header else {}
    answer = page.get("/metrics", base_url=host, headers=headers, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status


def test_health_tells_no_numbers_and_nobody(settings: Settings, paderborn: Database) -> None:
    told = client(settings, paderborn).get("/healthz").get_data(as_text=True)
    assert set(json.loads(told)) == {"status", "database", "schema", "disk", "lacks", "backups", "stuck"}
    assert str(paderborn.url.database) not in told
