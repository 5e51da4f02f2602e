"""QR codes: dark on white, level M, quiet zone of four, and always our own address inside."""

import io
from typing import Any

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.pil import PilImage
from qrcode.image.svg import SvgPathImage


def _code(text: str) -> qrcode.QRCode[Any]:
    code: qrcode.QRCode[Any] = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=4, box_size=12)
    code.add_data(text)
    code.make(fit=True)
    return code


def qr_svg(text: str) -> str:
    """Return the code as SVG that scales to any size."""
    image = _code(text).make_image(image_factory=SvgPathImage)
    return image.to_string(encoding="unicode")


def qr_png(text: str) -> bytes:
    """Return the code as PNG, twelve pixels a module."""
    target = io.BytesIO()
    _code(text).make_image(image_factory=PilImage).save(target, format="PNG")
    return target.getvalue()
