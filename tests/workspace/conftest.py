"""Visitors of the town, which tests/towns.py builds."""

from collections.abc import Callable

from throughcare.workspace.web import application

from . import world
from .asking import Browser


def signed_in(town: world.World) -> Callable[[str], Browser]:
    app = application(town.site)

    def visit(name: str) -> Browser:
        browser = Browser(app)
        assert browser.sign_in(name, world.PASSWORD).status == 303
        return browser

    return visit
