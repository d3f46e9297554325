"""What a care model takes from the library is there: forms of steps, generations of pathways, single pathways."""

from throughcare.definitions.check.reading import Reading
from throughcare.definitions.near import did_you_mean


def check_uses(reading: Reading) -> None:
    """Names of forms and pathways; sets that they stand for are checked as every set is."""
    for at, step in reading.steps():
        if step.form and not any(s.id == f"form_{step.form}" for s in reading.model.sets.set):
            reading.known(at, ("form",), step.form, list(reading.library.forms), "form")
        if step.form and not str(step.resolved_by).startswith(f"form_{step.form}"):
            what = "says twice what resolves it."
            reading.say(at, what, "The form is resolved by its response.", "Take out resolved_by or form.", ("form",))
        if step.partial_counts and not step.form:
            what = "counts a part of a form, but names none."
            reading.say(at, what, "", 'Add form = "…", or take partial_counts out.', ("partial_counts",))
    for nth, taken in enumerate(reading.model.work.use):
        file = reading.library.pathways.get(taken.pathways)
        if not file:
            names = [name for name, one in reading.library.pathways.items() if one.pathway]
            what = f'use: there are no pathways "{taken.pathways}".{did_you_mean(taken.pathways, names)}'
            reading.say_in("work.toml", ("use", nth, "pathways"), what, "", f"Known: {', '.join(names)}.")
        ids = [p.id for p in file.pathway] if file else []
        for word in taken.only if file else ():
            if word not in ids:
                what = f'use: {taken.pathways} has no pathway "{word}".{did_you_mean(word, ids)}'
                reading.say_in("work.toml", ("use", nth, "only"), what, "", f"Known: {', '.join(ids)}.")
