"""Numbers for the admin's watch, in the words of Prometheus: how much waits, and how long. Nobody's data."""

import hmac
import ipaddress
from collections.abc import Iterator
from importlib.metadata import version
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from models import clock, room, vitals
from models.marks import Deed
from models.vitals import Counts, Vitals
from webforms.health import jobs
from webforms.site import site

VERSION = version("mitwirken")
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")
blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
def show() -> Response:
    """Show the numbers to who may read them; to everybody else there is no such page."""
    if not _may_read():
        abort(404)
    db = site().db

    def load() -> Vitals:
        with db.reading() as session:
            return vitals.look(session)

    registry = CollectorRegistry()
    registry.register(_Numbers(db.cache.get("vitals", load)))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _may_read() -> bool:
    """Tell whether the caller knows the token or, where none is set, sits at this machine.

    Behind a proxy everybody seems to. So without a token only a trial installation, whose own address is
    this machine's, shows anything.
    """
    token = site().settings.metrics_token.get_secret_value()
    if token:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(errors="replace"), f"Bearer {token}".encode())
    ours = _is_here(urlsplit(site().settings.base_url).hostname)
    asked = _is_here(urlsplit(f"//{request.host}").hostname)
    is_forwarded = any(name in request.headers for name in _FORWARDED)
    return ours and asked and _is_here(request.remote_addr) and not is_forwarded


def _is_here(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


class _Numbers(Collector):
    """One look, as Prometheus wants it."""

    def __init__(self, found: Vitals) -> None:
        self.found = found

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Return all numbers."""
        found = self.found
        yield _table("entries", "Entries", ("form", "state"), found.entries)
        yield _table("deliveries", "Messages on their way or settled", ("channel", "state"), found.deliveries)
        yield _column("updates", "Messages from the chat that are not dealt with", "state", found.updates)
        ages = {name: since.total_seconds() for name, since in found.oldest.items()}
        yield _column("oldest_waiting_seconds", "How long the longest has waited", "what", ages)
        alive = {what: float(lease in found.alive) for lease, what in jobs(site().settings).items()}
        yield _column("job_alive", "Whether somebody does this job", "job", alive)
        yield from _backups(found)
        free = room.least_free(site().db, site().settings.files)
        if free is not None:
            yield _single("disk_free_bytes", "Room where database and files lie", free)
        yield _column("info", "The version that runs", "version", {VERSION: 1})


def _backups(found: Vitals) -> Iterator[GaugeMetricFamily]:
    now = clock.now()
    made, tried = found.noted.get(Deed.BACKUP), found.noted.get(Deed.DRILL)
    failed = found.noted.get(Deed.BACKUP_FAILED)
    if made is not None:
        yield _single("backup_age_seconds", "Since the last backup", (now - made.at).total_seconds())
        yield _single("backup_size_bytes", "How large the last backup is", made.amount)
    if tried is not None:
        yield _single(
            "backup_drill_age_seconds",
            "Since a backup came back for a trial",
            (now - tried.at).total_seconds(),
        )
        yield _single("backup_drill_seconds", "How long that took", tried.amount / 1000)
    is_failing = failed is not None and (made is None or failed.at > made.at)
    yield _single("backup_failed", "Whether the last backup failed", float(is_failing))


def _table(name: str, words: str, labels: tuple[str, str], counts: Counts) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"mitwirken_{name}", words, labels=labels)
    for values, number in sorted(counts.items()):
        family.add_metric(values, number)
    return family


def _column(
    name: str, words: str, label: str, values: dict[str, int] | dict[str, float]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"mitwirken_{name}", words, labels=(label,))
    for value, number in sorted(values.items()):
        family.add_metric((value,), number)
    return family


def _single(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"mitwirken_{name}", words, value=value)
