"""One working group for each goal. Its code is on posters, so an import never changes it."""

from collections.abc import Sequence

import sqlalchemy as sa

from models.groups import WorkingGroup, new_code
from models.importing.job import Job
from models.importing.report import Noun


def take_working_groups(job: Job, taken: Sequence[str]) -> None:
    """See to it that each of these goals has its group."""
    job.groups = {group.goal_id: group for group in job.session.scalars(sa.select(WorkingGroup))}
    codes = {group.code for group in job.groups.values()}
    for number in taken:
        goal_id = job.goals[number].id
        found = job.groups.get(goal_id)
        code = found.code if found else new_code()
        while found is None and code in codes:
            code = new_code()
        codes.add(code)
        job.groups[goal_id] = job.put(
            Noun.GROUPS, number, found, WorkingGroup, {}, goal_id=goal_id, code=code
        )
    job.session.flush()
