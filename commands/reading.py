"""Reading the settings. Kept apart from the database, which helpers of the demo never open."""

import os

from models.settings import Settings

SETTINGS_FILE = "MITWIRKEN_SETTINGS"


def read_settings() -> Settings:
    """Return the settings, from the environment and from .env or the file named by `--settings`."""
    return Settings(_env_file=os.environ.get(SETTINGS_FILE, ".env"))
