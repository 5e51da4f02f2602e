"""Files for translators: out and back unharmed, differences first, and clear words about what is no good."""

import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
import sqlalchemy as sa

from models import renditions
from models.db import Database
from models.errors import InvalidAnswer, NotAllowed
from models.exchanging import (
    Only,
    Package,
    Taken,
    Unit,
    compare,
    gettext_po,
    pack,
    packages,
    take,
    unpack,
    xliff,
)
from models.renditions import Rendition, RenditionState
from models.settings import Settings
from models.staff import StaffMember, StaffRole
from models.translation_lists import Standing
from tests.models.translators import (
    GOAL,
    draft,
    goal_of,
    hire,
    leave_to_translate,
    reword,
    see,
    ukrainian,
)

NASTY = [
    "Wir **treffen** uns.\n\n- 14 Uhr & später\n- <script>alert('x')</script>",
    'Zwei  Leerzeichen, "Anführung", \\n und \\ und ]]> und Tab\there',
    "שלום ⁨مرحبا⁩ 😀 e\u0301",
    "msgid \"x\"\nmsgstr \"y\"\n#, fuzzy\n%s {name}",
]  # fmt: skip
FORMATS: dict[str, tuple[Callable[[Package], bytes], Callable[[bytes], Package]]] = {
    "xlf": (xliff.write, xliff.read), "po": (gettext_po.write, gettext_po.read),
}  # fmt: skip


@pytest.fixture
def paderborn(paderborn: Database) -> Database:
    """The demo's region, with something left to translate."""
    return leave_to_translate(paderborn)


def _out(db: Database, settings: Settings, *tags: str, only: Only = Only.TO_DO) -> list[Package]:
    with db.reading() as session:
        return packages(session, settings, tags, only=only)


def _translated(found: list[Package], ending: str, more: str = "Слова: ") -> bytes:
    """Return the file that a translation service gives back."""
    done = [
        Package(one.source, one.tag, tuple(
            Unit(u.kind, u.id, u.part, u.source, f"{more}{u.part} {u.id}", Standing.DONE) for u in one.units
        )) for one in found
    ]  # fmt: skip
    return pack(done, ending)[1]


def _take(
    db: Database, by: StaffMember | None, data: bytes, *, approved: bool = False, dry: bool = False
) -> Taken:
    with db.transaction() as session:
        taken = compare(session, by, unpack(data), hold=True)
        if not dry:
            take(session, by, taken, is_approved=approved)
        return taken


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("tag", ["uk", "ar", "de-simple", "ku"])
def test_each_text_comes_back_as_it_went(ending: str, tag: str) -> None:
    write, read = FORMATS[ending]
    units = tuple(
        Unit("update", number, "body", text, text[::-1], Standing.DONE, about=("Wo\nes steht",))
        for number, text in enumerate(NASTY, 1)
    )
    back = read(write(Package("de", tag, units)))
    assert (back.source, back.tag, back.foreign) == ("de", tag, 0)
    assert [(u.name, u.source, u.target) for u in back.units] == [(u.name, u.source, u.target) for u in units]


def test_xliff_is_what_another_parser_expects() -> None:
    units = tuple(Unit("goal", n, "title", text, "x" if n > 1 else "") for n, text in enumerate(NASTY, 1))
    root = ElementTree.fromstring(xliff.write(Package("de", "uk", units)))
    space = {"x": xliff.NAMESPACE}
    assert (root.get("version"), root.get("srcLang"), root.get("trgLang")) == ("2.1", "de", "uk")
    assert [one.text for one in root.findall(".//x:source", space)] == NASTY
    assert len(root.findall(".//x:target", space)) == len(NASTY) - 1
    ids = [one.get("id") for one in root.iter() if one.tag.endswith(("}file", "}group", "}unit"))]
    assert len(ids) == len(set(ids)) == 2 * len(NASTY) + 1


@pytest.mark.skipif(shutil.which("msgfmt") is None, reason="gettext is not installed")
def test_po_is_what_gettext_itself_expects(tmp_path: Path) -> None:
    units = tuple(Unit("goal", n, "title", text, text) for n, text in enumerate(NASTY, 1))
    file = tmp_path / "uk.po"
    file.write_bytes(gettext_po.write(Package("de", "uk", units)))
    command = ["msgfmt", "--check-format", "--check-header", "-o", tmp_path / "uk.mo", file]
    told = subprocess.run(command, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr


@pytest.mark.parametrize("ending", FORMATS)
def test_what_comes_back_is_proposed_once_and_then_nothing_new(
    paderborn: Database, settings: Settings, ending: str
) -> None:
    olga = hire(paderborn, "Olga", role=StaffRole.OFFICER)
    draft(paderborn)
    found = _out(paderborn, settings, "uk")
    data = _translated(found, ending)
    shown = _take(paderborn, olga, data, dry=True)
    assert len(shown.differences) > 5
    assert not shown.findings
    assert all(one.before == {} and not one.is_stale for one in shown.differences)
    with paderborn.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Rendition.id))) == 0
    done = _take(paderborn, olga, data)
    assert done.mark == shown.mark
    again = _take(paderborn, olga, data)
    assert (again.differences, again.same) == ([], sum(len(one.units) for one in found))
    with paderborn.reading() as session:
        assert set(session.scalars(sa.select(Rendition.state))) == {RenditionState.PROPOSED}
    assert _out(paderborn, settings, "uk") == []


@pytest.mark.parametrize("ending", FORMATS)
def test_the_office_takes_them_as_approved_and_readers_see_them(
    paderborn: Database, settings: Settings, ending: str
) -> None:
    goal = goal_of(paderborn)
    _take(paderborn, None, _translated(_out(paderborn, settings, "tr"), ending, "Söz "), approved=True)
    assert goal_of(paderborn).said("tr")["title"] == f"Söz title {goal.id}"
    assert _out(paderborn, settings, "tr") == []
    everything = _translated(_out(paderborn, settings, "tr", only=Only.ALL), ending)
    with pytest.raises(NotAllowed):
        _take(paderborn, hire(paderborn, "Defne", "tr"), everything, approved=True)


def test_an_outdated_text_that_nobody_looked_at_stays_outdated(
    paderborn: Database, settings: Settings
) -> None:
    olga, goal = hire(paderborn, "Olga", role=StaffRole.OFFICER), goal_of(paderborn)
    with paderborn.transaction() as session:
        renditions.approve(
            session, olga, GOAL, goal.id, "uk", ukrainian(goal), as_seen=see(paderborn, goal, "uk")
        )
    reword(paderborn, goal.id, "Anders")
    for ending in FORMATS:
        (package,) = _out(paderborn, settings, "uk", only=Only.OUTDATED)
        assert {unit.standing for unit in package.units} == {Standing.OUTDATED}
        untouched = _take(paderborn, olga, pack([package], ending)[1])
        assert not untouched.differences, ending
    sure = Package("de", "uk", tuple(
        Unit(u.kind, u.id, u.part, u.source, u.target, Standing.DONE) for u in package.units
    ))  # fmt: skip
    assert len(_take(paderborn, olga, xliff.write(sure), approved=True).differences) == 1
    assert _out(paderborn, settings, "uk", only=Only.OUTDATED) == []


def test_a_source_that_changed_meanwhile_is_told_and_waits_for_somebody(
    paderborn: Database, settings: Settings
) -> None:
    goal = goal_of(paderborn)
    data = _translated(_out(paderborn, settings, "uk"), "xlf")
    reword(paderborn, goal.id, "Inzwischen ganz anders")
    taken = _take(paderborn, None, data, approved=True)
    stale = [one for one in taken.differences if one.is_stale]
    assert [(one.piece.kind.slug, one.piece.id) for one in stale] == [("goal", goal.id)]
    assert goal_of(paderborn).said("uk") == {}
    with paderborn.reading() as session:
        row = renditions.row_of(session, goal_of(paderborn), "uk")
        assert row is not None
        assert row.state is RenditionState.PROPOSED
        assert row.source_mark != goal_of(paderborn).mark


def test_a_tool_may_divide_what_it_should_not(paderborn: Database) -> None:
    data = b"""<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="de" trgLang="uk">
<file id="f"><unit id="goal-1-title">
<segment state="translated">
<source>Eins. </source><target>Raz <mrk id="m" type="term">dva</mrk>.</target></segment>
<ignorable><source> </source></ignorable>
<segment><source>Zwei.</source><target>Try.</target></segment></unit>
<unit id="u1"><segment><source>x</source></segment></unit></file></xliff>"""
    read = xliff.read(data)
    assert (read.units[0].target, read.foreign) == ("Raz dva. Try.", 1)
    assert read.units[0].source == "Eins.  Zwei."
    assert not read.units[0].is_sure


ENTITY = b'<!DOCTYPE x [<!ENTITY a "b">]><xliff xmlns="urn:oasis:names:tc:xliff:document:2.0">&a;</xliff>'
OLD = (
    b'<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2"><file source-language="de"/></xliff>'
)
NOBODY = b'<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.1" srcLang="de" trgLang="xx"/>'
FOREIGN_PO = b'msgid ""\nmsgstr ""\n"Language: uk\\n"\n"X-Source-Language: de\\n"\n\nmsgid "a"\nmsgstr "b"\n'
FOREIGN_ZIP = io.BytesIO()
zipfile.ZipFile(FOREIGN_ZIP, "w").writestr("a.txt", "x")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "from which language"), (b"\x00\xff\xfe", "damaged"), (b"<xliff", "damaged"),
        (ENTITY, "damaged"), (OLD, "This is not"), (b"<html></html>", "This is not"),
        (NOBODY, "from which language"), (FOREIGN_PO, "is from here"), (b"PK\x03\x04 no zip", "damaged"),
        (FOREIGN_ZIP.getvalue(), "is from here"), (b'msgid "a\nmsgstr ""', "from which language"),
        (b"x" * 5_000_001, "too big"), ("ä".encode("latin-1"), "damaged"),
    ],
)  # fmt: skip
def test_what_is_no_good_is_told_in_words(data: bytes, words: str) -> None:
    with pytest.raises(InvalidAnswer) as refused:
        unpack(data)
    assert words in refused.value.text.msgid


def test_a_name_of_ours_that_is_gone_and_a_text_that_is_too_long_are_told(
    paderborn: Database, settings: Settings
) -> None:
    goal = goal_of(paderborn)
    units = (
        Unit("goal", 999_999, "title", "a", "b"), Unit("secret", 1, "title", "a", "b"),
        Unit("goal", goal.id, "title", goal.source["title"], "y" * 301),
    )  # fmt: skip
    taken = _take(paderborn, None, xliff.write(Package("de", "uk", units)))
    assert taken.differences == []
    said = " ".join(one.to("en") for one in taken.findings)
    assert "2 texts belong to nothing" in said
    assert "too long" in said
    other = _take(paderborn, hire(paderborn, "Oksana", "uk"), xliff.write(Package("de", "ar", units)))
    assert (other.differences, len(other.findings)) == ([], 1)


def test_several_languages_and_sources_are_a_zip(paderborn: Database, settings: Settings) -> None:
    found = _out(paderborn, settings, "uk", "tr")
    ending, data = pack(found, "po")
    assert ending == "zip"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == ["mitwirken-de-tr.po", "mitwirken-de-uk.po"]
    assert [(one.source, one.tag) for one in unpack(data)] == [("de", "tr"), ("de", "uk")]
