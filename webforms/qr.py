"""QR codes on pages and as files; what is in them is always our own address."""

import io

from qrcode.image.pil import PilImage
from qrcode.image.svg import SvgPathImage

from models.exporting.qr import code


def qr_svg(text: str) -> str:
    """Return the code as SVG that scales to any size."""
    image = code(text).make_image(image_factory=SvgPathImage)
    return image.to_string(encoding="unicode")


def qr_png(text: str) -> bytes:
    """Return the code as PNG, twelve pixels a module."""
    target = io.BytesIO()
    code(text).make_image(image_factory=PilImage).save(target, format="PNG")
    return target.getvalue()
