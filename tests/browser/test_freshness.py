"""The line about a silent source in a browser: on Today, on a person's page, on measures; small, wide, light, dark."""

from ..workspace.test_feeds import feeding  # noqa: F401
from ..workspace.test_freshness import telling  # noqa: F401
from .conftest import Served
from .looking import wrong_on


def test_the_line_passes_axe_and_stays_in_view_at_every_size(chromium, telling):  # noqa: F811
    def in_view(page) -> bool:
        line = page.get_by_text("st marys has been silent since").bounding_box()
        return bool(line) and line["y"] < 800

    someone = f"/people/{telling.people['p1']}"
    pages = {"fresh_today": "/today", "fresh_person": someone, "fresh_measures": "/measures",
             "fresh_measure": "/measures/transitions/transitions/seen"}  # fmt: skip
    with Served(telling) as served:
        wrong = wrong_on(chromium, served, "noor", pages, in_view)
    assert not wrong, "\n".join(map(str, wrong))
