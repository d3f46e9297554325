"""The people's door is tested on the same town as the screens."""

from ..workspace.conftest import shared, town, town_template, visit  # noqa: F401
