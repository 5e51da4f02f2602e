"""What is shown on pages: public pages, any form as HTML, the desk."""

from webforms.app import create_app

__all__ = ["create_app"]
