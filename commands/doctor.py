"""`mitwirken doctor`: what is wrong, and how to mend it."""

from collections.abc import Callable

import click

from commands import findings, findings_backups, findings_documents, findings_outside
from commands.findings import Finding
from commands.reading import read_settings
from commands.saying import in_words
from models.settings import Settings

CHECKS: tuple[Callable[[Settings], Finding], ...] = (
    findings.secret,
    findings.address,
    findings.database,
    findings.contents,
    findings.accounts,
    findings.second_steps,
    findings.retention,
    findings.night,
    findings.disk,
    findings_documents.font_files,
    findings_documents.templates,
    findings.uploads,
    findings_backups.backups,
    findings_backups.trial,
    findings_outside.telegram,
    findings_outside.mail,
    findings_outside.sign_on,
    findings_outside.clock,
    findings_outside.pages,
)


@click.command()
def doctor() -> int:
    """Look settings, database, Telegram, mail, disk and clock over; exit 1 when something needs mending."""
    settings = read_settings()
    found = [_looked_at(check, settings) for check in CHECKS]
    for finding in found:
        click.echo(f"{'✓' if finding.is_well else '✗'} {finding.subject:<10}{finding.words}")
        if finding.remedy:
            click.echo(f"{'':12}→ {finding.remedy}")
    ill = sum(not finding.is_well for finding in found)
    click.echo(f"{ill} of {len(found)} need mending." if ill else "All is well.")
    return 1 if ill else 0


def _looked_at(check: Callable[[Settings], Finding], settings: Settings) -> Finding:
    try:
        return check(settings)
    except Exception as error:  # a check that fails says so, and the others still run
        return Finding(check.__name__, False, in_words(error))
