"""The stylesheet: one file of our own, with the region's accent colour put in."""

import hashlib
import re
from pathlib import Path

from flask import Flask, Response

_CSS = Path(__file__).parent / "static" / "mitwirken.css"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
DEFAULT_ACCENT = "#0b5d66"
LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3: white words on the accent


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast_with_white(colour: str) -> float:
    """Return the contrast of a colour with white, 1 to 21, as WCAG defines it."""
    return 1.05 / (_luminance(colour) + 0.05)


def safe_accent(colour: str) -> str:
    """Return the region's accent, or ours where white words on it could not be read."""
    if _COLOUR.fullmatch(colour) and contrast_with_white(colour) >= LEAST_CONTRAST:
        return colour
    return DEFAULT_ACCENT


def install(app: Flask) -> None:
    """Serve the stylesheet under an address that changes with its content."""
    css = _CSS.read_text(encoding="utf-8")
    version = hashlib.sha256(css.encode()).hexdigest()[:10]

    @app.get("/style/<version>-<accent>.css")
    def style(version: str, accent: str) -> Response:
        """Return the stylesheet; the address changes with its content, so it may be kept for a year."""
        response = Response(f":root{{--accent:{safe_accent('#' + accent)}}}\n{css}", mimetype="text/css")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    app.jinja_env.globals["style_version"] = version
