"""Documents come out readable, and without anything that acts, hides or tells."""

import io
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor

import docx
import openpyxl
import pikepdf
import pytest

from models.cleaned import AttachmentKind, Cleaned, Problem, Refused
from models.cleaning import apart, clean
from models.cleaning.kinds import Format
from models.errors import NotReady
from tests.models.cleaning import made

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
RELATION = (
    b'<Relationship Id="rIdX" TargetMode="External" Target="http://evil.example/x.dotm" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"/>'
)


def problem_of(data: bytes, name: str = "") -> Problem:
    """Why a file is refused."""
    with pytest.raises(Refused) as refused:
        clean(data, name=name)
    return refused.value.problem


def unpacked(data: bytes) -> bytes:
    """All that a PDF holds, with its streams unpacked."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for one in pdf.objects:
            if isinstance(one, pikepdf.Stream) and one.get("/Filter") == pikepdf.Name.FlateDecode:
                one.write(one.read_bytes())
        out = io.BytesIO()
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)
        return out.getvalue()


def test_a_pdf_keeps_its_pages_and_its_links_and_nothing_that_acts() -> None:
    cleaned = clean(made.pdf(), name="Bericht.pdf")
    assert (cleaned.kind, cleaned.media_type) == (AttachmentKind.DOCUMENT, "application/pdf")
    whole = unpacked(cleaned.data)
    assert b"Bericht lesbar" in whole
    assert b"https://example.org/seite" in whole
    for mark in (b"JavaScript", b"OpenAction", b"Launch", b"EmbeddedFile", b"XFA", b"Author", b"/AA",
                 b"Metadata", b"Exif", made.CANARY.encode()):  # fmt: skip
        assert mark not in whole, mark
    assert cleaned.data.rstrip().endswith(b"%%EOF")


def test_the_marks_were_there_before() -> None:
    whole = unpacked(made.pdf())
    for mark in (b"JavaScript", b"OpenAction", b"EmbeddedFile", b"XFA", b"Exif", made.CANARY.encode()):
        assert mark in whole, mark


@pytest.mark.parametrize("owner_only", [False, True])
def test_a_protected_pdf_is_refused_in_words(owner_only: bool) -> None:
    data = made.pdf(encrypted=True, owner_only=owner_only)
    assert problem_of(data) is Problem.ENCRYPTED


def test_a_pdf_that_is_an_archive_too_comes_out_as_a_pdf_alone() -> None:
    data = made.pdf() + made.archive({"evil.html": made.CANARY.encode()})
    assert zipfile.is_zipfile(io.BytesIO(data))
    cleaned = clean(data).data
    assert cleaned.startswith(b"%PDF-")
    assert not zipfile.is_zipfile(io.BytesIO(cleaned))
    assert made.CANARY.encode() not in cleaned


def test_a_picture_that_is_an_archive_too_comes_out_as_a_picture_alone() -> None:
    data = made.jpeg()
    assert zipfile.is_zipfile(io.BytesIO(data))
    assert not zipfile.is_zipfile(io.BytesIO(clean(data).data))


@pytest.mark.parametrize("data", [b"%PDF-1.7 nothing more", made.pdf()[:700]])
def test_a_broken_pdf_is_refused(data: bytes) -> None:
    assert problem_of(data) is Problem.BROKEN


def test_a_word_document_keeps_words_tables_and_pictures_and_forgets_its_author() -> None:
    cleaned = clean(made.word(), name="Bericht.docx")
    assert cleaned.media_type == WORD
    parts = made.parts_of(cleaned.data)
    assert not any(made.CANARY.encode() in body or b"Exif" in body for body in parts.values())
    assert not any(name.startswith("docProps") or name.endswith(".bin") for name in parts)
    opened = docx.Document(io.BytesIO(cleaned.data))
    assert [one.text for one in opened.paragraphs][:2] == [
        "Bericht der Gruppe",
        "Das Sprachcafé hat begonnen.",
    ]
    assert opened.tables[0].cell(0, 0).text == "Zelle"
    assert len(opened.inline_shapes) == 1


def test_macros_outside_templates_and_hidden_files_stay_behind() -> None:
    plain = made.parts_of(made.word())
    types = plain["[Content_Types].xml"].replace(
        b"wordprocessingml.document.main+xml", b"ms-word.document.macroEnabled.main+xml"
    )
    relations = plain["word/_rels/document.xml.rels"].replace(
        b"</Relationships>",
        RELATION + b'<Relationship Id="rIdV" Type="http://schemas.microsoft.com/office/2006/relationships/'
        b'vbaProject" Target="vbaProject.bin"/></Relationships>',
    )
    field = b"<w:r><w:instrText>DDEAUTO c:\\\\cmd.exe</w:instrText></w:r></w:p></w:body>"
    document = plain["word/document.xml"]
    at = document.rindex(b"</w:p>")
    document = document[:at] + field.removesuffix(b"</w:body>") + document[at + len(b"</w:p>") :]
    data = made.word({
        "[Content_Types].xml": types, "word/_rels/document.xml.rels": relations,
        "word/document.xml": document, "word/vbaProject.bin": b"Attribut VBA " + made.CANARY.encode(),
        "word/embeddings/oleObject1.bin": b"MZ", "evil.exe": b"MZ", "customXml/item1.xml": b"<a/>",
    })  # fmt: skip
    cleaned = clean(data)
    assert cleaned.media_type == WORD
    parts = made.parts_of(cleaned.data)
    whole = b"".join([name.encode() + body for name, body in parts.items()])
    for mark in (
        b"vbaProject",
        b"macroEnabled",
        b"External",
        b"evil",
        b"DDEAUTO",
        b"oleObject",
        b"customXml",
    ):
        assert mark not in whole, mark
    assert docx.Document(io.BytesIO(cleaned.data)).paragraphs


def test_a_spreadsheet_keeps_its_sums_and_calls_nobody() -> None:
    opened = openpyxl.load_workbook(io.BytesIO(clean(made.sheet()).data))
    page = opened.active
    assert page is not None
    assert (page["A3"].value, page["B2"].value) == ("=SUM(A1:A2)", "bleibt")
    assert page["B1"].value is None
    assert opened.properties.creator in (None, "openpyxl")


def test_a_libreoffice_text_keeps_words_and_loses_scripts_and_outside_pictures() -> None:
    space = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
        'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
        'xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0" '
        'xmlns:xlink="http://www.w3.org/1999/xlink"'
    )
    content = (
        f"<office:document-content {space}><office:scripts><office:script>{made.CANARY}</office:script>"
        "</office:scripts><office:body><office:text><text:p>Bericht lesbar"
        f'<draw:frame><draw:image xlink:href="http://{made.CANARY}/p.png"/></draw:frame>'
        '<draw:frame><draw:image xlink:href="Pictures/a.png"/></draw:frame>'
        f'<text:a xlink:href="http://{made.CANARY}">Link</text:a> Ende</text:p></office:text></office:body>'
        "</office:document-content>"
    )
    data = made.archive({
        "mimetype": ODT.encode(), "content.xml": content.encode(), "Pictures/a.png": made.png(),
        "Basic/Standard/Module1.xml": made.CANARY.encode(), "Scripts/python/x.py": made.CANARY.encode(),
        "meta.xml": made.CANARY.encode(), "META-INF/manifest.xml": b"<a/>",
    })  # fmt: skip
    cleaned = clean(data)
    assert cleaned.media_type == ODT
    parts = made.parts_of(cleaned.data)
    assert list(parts) == ["mimetype", "content.xml", "Pictures/a.png", "META-INF/manifest.xml"]
    assert not any(made.CANARY.encode() in body for body in parts.values())
    assert "Bericht lesbar" in parts["content.xml"].decode()
    assert " Ende" in parts["content.xml"].decode()
    assert b'href="Pictures/a.png"' in parts["content.xml"]


@pytest.mark.parametrize("parts", [1, 20])
def test_a_bomb_is_refused_before_it_is_unpacked(parts: int) -> None:
    piece = b"<a>" + b" " * (60_000_000 // parts) + b"</a>"
    names = ["word/document.xml", *(f"word/header{number}.xml" for number in range(1, parts))]
    bomb = made.word(dict.fromkeys(names, piece))
    assert len(bomb) < 200_000
    assert problem_of(bomb) is Problem.TOO_LARGE


def test_a_part_that_declares_entities_is_refused() -> None:
    laughs = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
    assert problem_of(made.word({"word/document.xml": laughs})) is Problem.BROKEN


def test_names_that_lead_elsewhere_or_come_twice_are_refused() -> None:
    assert problem_of(made.word({"../../etc/cron.d/x": b"x"})) is Problem.ARCHIVE
    out = io.BytesIO(made.word())
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("word/document.xml", b"<other/>")
    assert problem_of(out.getvalue()) is Problem.ARCHIVE


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (made.archive({"a.txt": b"x"}), Problem.ARCHIVE),
        (made.archive({"[Content_Types].xml": b"<a/>", "ppt/presentation.xml": b"<a/>"}), Problem.OLD_OFFICE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), Problem.OLD_OFFICE),
        (b"{\\rtf1 words}", Problem.OLD_OFFICE),
        (b"PK\x05\x06" + bytes(18), Problem.ARCHIVE),
        (b"\x1f\x8b\x08" + bytes(20), Problem.ARCHIVE),
    ],
)
def test_other_documents_and_archives_are_refused_in_words(data: bytes, problem: Problem) -> None:
    assert problem_of(data) is problem


def test_many_slow_documents_at_once_hold_up_only_some_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    hold = threading.Event()

    def slow(*_given: object) -> Cleaned:
        hold.wait(30)
        return Cleaned(AttachmentKind.DOCUMENT, "application/pdf", b"%PDF")

    monkeypatch.setattr(apart, "_made_anew", slow)
    with ThreadPoolExecutor(apart.MOST_WAITING) as senders:
        begun = [
            senders.submit(apart.clean_document, b"", Format.PDF) for _number in range(apart.MOST_WAITING)
        ]
        time.sleep(0.2)
        try:
            with pytest.raises(NotReady):
                apart.clean_document(b"", Format.PDF)
        finally:
            hold.set()
        assert all(one.result().data for one in begun)
    assert apart.clean_document(b"", Format.PDF).data
