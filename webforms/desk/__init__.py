"""The desk: where the office's staff read what people send, and answer it."""

from flask import Blueprint

from webforms.desk import accounts, ages, deliveries, entries, exports, groups, guard, login, workbook

blueprint = Blueprint("desk", __name__, url_prefix="/desk")
guard.protect(blueprint)
ages.install(blueprint)
for part in (login, entries, groups, deliveries, exports, accounts, workbook):
    blueprint.register_blueprint(part.blueprint)

__all__ = ["blueprint"]
