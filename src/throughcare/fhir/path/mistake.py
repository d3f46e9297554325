"""A mistake found while an expression runs; the compiled expression adds where it stands."""


class Mistake(Exception):
    """What cannot be done with the values at hand. Says types, never values."""

    def __init__(self, what: str, at: int | None = None) -> None:
        super().__init__(what)
        self.what, self.at = what, at
