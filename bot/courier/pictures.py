"""The bytes of a letter's picture: kept by the store, or drawn for this letter."""

import io

from qrcode.image.pil import PilImage

from bot.courier.parcel import Photo
from models.exporting.qr import code
from models.files import Store

CODE_WIDTH = 240  # pixels at which a QR code is shown in a mail


def read(store: Store, photo: Photo, *, small: bool = False) -> bytes:
    """Return a picture as JPEG; FileNotFoundError where the store has it no longer."""
    return _drawn(photo.draws) if photo.draws else store.read(photo.stored, small=small)


def _drawn(content: str) -> bytes:
    target = io.BytesIO()
    image = code(content).make_image(image_factory=PilImage).get_image()
    image.convert("L").save(target, format="JPEG", quality=90)
    return target.getvalue()
