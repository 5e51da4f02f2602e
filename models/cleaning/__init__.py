"""Cleaning of files: what a file is, is told by its content, and what is kept is made anew by us."""

from models.cleaning.cleaner import clean as clean
