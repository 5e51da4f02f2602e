"""Translations that travel: files for a translation service, and what comes back, as differences first."""

from models.exchanging.packing import Only, Package, Unit, pack, packages
from models.exchanging.taking import Taken, compare, take
from models.exchanging.unpacking import unpack

__all__ = ["Only", "Package", "Taken", "Unit", "compare", "pack", "packages", "take", "unpack"]
