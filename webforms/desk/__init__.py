"""The desk: where the office's staff read what people send, and answer it."""

from flask import Blueprint

from webforms.desk import (
    accounts,
    aftermath,
    ages,
    audit,
    bulk,
    call_sheets,
    deliveries,
    door,
    dots,
    entries,
    events,
    exports,
    feedback,
    files,
    groups,
    guard,
    guests,
    hall,
    kept,
    login,
    measures,
    meetings,
    noting,
    papers,
    passkeys,
    prints,
    rounds,
    second_step,
    sessions,
    sheets,
    sign_on,
    stacks,
    translation_files,
    translations,
    updates,
    workbook,
    workshops,
)

blueprint = Blueprint("desk", __name__, url_prefix="/desk")
guard.protect(blueprint)
ages.install(blueprint)
files.install(blueprint)
for part in (
    login, entries, bulk, groups, measures, meetings, sheets, deliveries, exports, accounts, papers,
    prints, workbook, rounds, call_sheets, noting, translations, translation_files, updates, second_step,
    passkeys, sign_on, sessions, audit, events, guests, door, hall, stacks, feedback, dots, workshops,
    aftermath, kept,
):  # fmt: skip
    blueprint.register_blueprint(part.blueprint)

__all__ = ["blueprint"]
