"""The desk of the demo's region."""

import pytest
from flask import Flask

from models.db import Database
from models.settings import Settings
from models.staff import StaffRole
from tests.webforms.desk import people
from tests.webforms.desk.people import Officer
from webforms import create_app


@pytest.fixture
def app(settings: Settings, paderborn: Database) -> Flask:
    """The pages of the demo's region."""
    app = create_app(settings, paderborn)
    app.testing = False  # refusals are pages here as in life
    return app


@pytest.fixture
def olga(app: Flask, paderborn: Database) -> Officer:
    """An officer, logged in."""
    people.employ(paderborn, "olga@example.org")
    officer = Officer(app.test_client(), "olga@example.org")
    assert officer.log_in().status_code == 303
    return officer


@pytest.fixture
def ada(app: Flask, paderborn: Database) -> Officer:
    """An admin, logged in."""
    people.employ(paderborn, "ada@example.org", StaffRole.ADMIN)
    admin = Officer(app.test_client(), "ada@example.org")
    assert admin.log_in().status_code == 303
    return admin
