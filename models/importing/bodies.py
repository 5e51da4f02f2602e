"""bodies.csv: the committees and partners."""

import sqlalchemy as sa

from models.importing import reading
from models.importing.job import Job
from models.importing.report import Noun
from models.programmes import Body, BodyKind
from translations import _

KINDS = {kind.value: kind for kind in BodyKind}


def take_bodies(job: Job) -> None:
    """Take the bodies, each known by its name."""
    job.bodies = {body.name: body for body in job.session.scalars(sa.select(Body))}
    seen: set[str] = set()
    for row in job.rows("bodies"):
        with job.one(Noun.BODIES):
            name = row.text("name", longest=200, required=True)
            if name in seen:
                row.refuse("name", _("This is there twice; the first one has been taken."))
            seen.add(name)
            values = {"name": name, "kind": reading.choice(row, "kind", KINDS)}
            job.bodies[name] = job.put(Noun.BODIES, name, job.bodies.get(name), Body, values)
    sheet = job.sheet("bodies")
    for name in job.bodies:
        if sheet is not None and name not in seen:
            job.keep(Noun.BODIES, sheet, name)
    job.session.flush()
