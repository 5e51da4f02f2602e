"""PDF: its pages are copied into a new file; of what they hold, only what is drawn and plain links remain."""

import io
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf

from models.cleaned import Problem, Refused
from models.cleaning.jpeg import bare

MOST_PAGES = 500
_DEEPEST = 40  # levels of one object
# What acts, what is carried along unseen, and what tells of the maker.
_UNWANTED = (
    "/AA", "/OpenAction", "/JS", "/JavaScript", "/Names", "/AcroForm", "/XFA", "/EF", "/AF", "/Metadata",
    "/PieceInfo", "/LastModified", "/Thumb", "/RichMediaContent", "/Launch", "/Next", "/Collection", "/PA",
)  # fmt: skip
_ACTIONS = (
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition", "/Movie",
    "/Sound", "/ResetForm", "/Hide", "/Named", "/GoTo3DView", "/RichMediaExecute", "/SetOCGState",
    "/Thread", "/GoTo",
)  # fmt: skip
_KEPT_NOTES = ("/Link", "/Highlight", "/Underline", "/StrikeOut", "/Squiggly", "/Square", "/Circle", "/Line",
               "/Ink", "/FreeText", "/Stamp", "/Text", "/Polygon", "/PolyLine")  # fmt: skip
_TIES = ("/Dest", "/Popup", "/Parent", "/IRT", "/P", "/T", "/CreationDate", "/M", "/NM")
_LINKS = ("http://", "https://", "mailto:")


def clean(data: bytes) -> tuple[str, bytes]:
    """Return (media type, new file); Refused when it is protected, broken or endless."""
    try:
        with pikepdf.open(io.BytesIO(data)) as source:
            if source.is_encrypted:
                raise Refused(Problem.ENCRYPTED)
            return "application/pdf", _anew(source)
    except pikepdf.PasswordError as error:
        raise Refused(Problem.ENCRYPTED) from error
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RuntimeError, MemoryError) as error:
        raise Refused(Problem.BROKEN) from error


def _anew(source: Pdf) -> bytes:
    if not 0 < len(source.pages) <= MOST_PAGES:
        raise Refused(Problem.BROKEN if not source.pages else Problem.TOO_LARGE)
    if "/AcroForm" in source.Root:  # what was typed into a form is drawn onto its pages
        source.generate_appearance_streams()
        source.flatten_annotations("all")
    for page in source.pages:
        _keep_plain_notes(page.obj)
    made = Pdf.new()
    made.pages.extend(source.pages)
    for one in made.objects:
        _strip(one, 0)
    out = io.BytesIO()
    made.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _keep_plain_notes(page: Dictionary) -> None:
    """Leave of a page's notes those that only draw, and links that lead to the web or to a mailbox."""
    notes = page.get("/Annots")
    if notes is None:
        return
    kept = [note for note in notes if _is_plain(note)] if isinstance(notes, Array) else []
    for note in kept:
        for key in _TIES:
            if key in note:
                del note[key]
    page["/Annots"] = Array(kept)


def _is_plain(note: Object) -> bool:
    if not isinstance(note, Dictionary) or str(note.get("/Subtype", "")) not in _KEPT_NOTES:
        return False
    action = note.get("/A")
    if action is None:
        return str(note.get("/Subtype")) != "/Link"
    return isinstance(action, Dictionary) and _is_web(action)


def _is_web(action: Dictionary) -> bool:
    address = action.get("/URI")
    return (
        action.get("/S") == Name.URI
        and isinstance(address, pikepdf.String)
        and str(address).strip().lower().startswith(_LINKS)
    )


def _strip(one: Any, depth: int) -> None:
    """Take out of an object, and of those that lie in it, whatever acts or tells."""
    if depth > _DEEPEST:
        raise Refused(Problem.BROKEN)
    if isinstance(one, Array):
        for inner in list(one.as_list()):
            _strip_inner(inner, depth)
    elif isinstance(one, Dictionary | pikepdf.Stream):
        for key in _UNWANTED:
            if key in one:
                del one[key]
        if "/S" in one and "/URI" not in one and _is_action(one):
            one["/S"] = Name.Nothing
        if isinstance(one, pikepdf.Stream) and one.get("/Filter") in (
            Name.DCTDecode,
            Array([Name.DCTDecode]),
        ):
            one.write(bare(one.read_raw_bytes()), filter=Name.DCTDecode)
        for key in list(one.keys()):
            _strip_inner(one[key], depth)


def _strip_inner(inner: Any, depth: int) -> None:
    if isinstance(inner, Object) and not inner.is_indirect:  # the others are met by themselves
        _strip(inner, depth + 1)


def _is_action(one: Any) -> bool:
    return isinstance(one.get("/S"), Name) and str(one.get("/S")) in _ACTIONS
