"""Whether the service works: asked by the admin's watch, answered truthfully."""

import sqlalchemy as sa
from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from models import revisions
from webforms.site import site

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def health() -> tuple[Response, int]:
    """Answer 200 when the database answers and its schema is ours, 503 otherwise."""
    try:
        with site().db.reading() as session:
            session.execute(sa.text("SELECT 1"))
        fits = revisions.current(site().db) == revisions.newest()
    except SQLAlchemyError:
        return jsonify(status="down", database=False), 503
    return jsonify(status="ok" if fits else "old schema", database=True), 200 if fits else 503
