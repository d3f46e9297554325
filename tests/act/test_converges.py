"""Late, repeated, cancelled and out-of-order facts: whatever the order, the same work is open in the end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from throughcare.act.owed import LIVE
from throughcare.act.shapes import extension
from throughcare.act.task import OPEN, due_of, held, names_of
from throughcare.act.tasks import reconcile

STAYS = ("Encounter/a", "Encounter/b")
MODELS = {"coaching": 2, "home": 4}  # days to call within

# A fact is what one message says: the thing, its version, and its state. The highest version of a thing is true.
discharge = st.tuples(
    st.sampled_from(STAYS), st.integers(1, 4), st.fixed_dictionaries({"day": st.integers(1, 5), "gone": st.booleans()})
)
contact = st.tuples(
    st.sampled_from(("Communication/1", "Communication/2")),
    st.integers(1, 3),
    st.fixed_dictionaries({"stay": st.sampled_from(STAYS), "day": st.integers(1, 9), "gone": st.booleans()}),
)
facts = st.lists(discharge | contact, min_size=1, max_size=8, unique_by=lambda f: (f[0], f[1]))


def heard(messages):
    true = {}
    for thing, version, says in messages:
        if version >= true.get(thing, (0,))[0]:
            true[thing] = (version, says)
    return {thing: says for thing, (_, says) in true.items()}


def day(number):
    return datetime(2026, 7, number, 16, tzinfo=UTC)


def derived(known, owed, now):
    """What decide would answer: a call after each discharge for both models; withdrawn discharges owe nothing."""
    answers = []
    for stay, says in known.items():
        if stay not in STAYS:
            continue
        calls = sorted(
            (day(c["day"]), k) for k, c in known.items() if c.get("stay") == stay and not c["gone"] and k not in STAYS
        )
        first = next((c for c in calls if c[0] >= day(says["day"])), None)
        for model, days in MODELS.items():
            one = owed(model=model, about=stay, due_at=day(says["day"]) + timedelta(days=days))
            if says["gone"]:
                one = replace(one, status="cancelled", reason="discharge was withdrawn")
            elif first:
                one = replace(one, status="met" if first[0] <= one.due_at else "late", resolved_at=first[0])
            elif one.due_at < now:
                one = replace(one, status="breached")
            answers.append(one)
    return answers


def open_work(tasks):
    return sorted((sorted(names_of(t.body)), due_of(t.body)) for t in tasks if t.body["status"] in OPEN)


def live_only(work, answers):
    live = {o.name for o in answers if o.status in LIVE}
    return [([n for n in names if n in live], due) for names, due in work]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_order_and_any_repetition_of_the_same_facts_leaves_the_same_work(at, owed, keep, data):
    said = data.draw(facts)
    told = data.draw(st.permutations(said + data.draw(st.lists(st.sampled_from(said), max_size=4))))
    end = day(12)
    tasks = []
    for number in range(len(told)):
        now = day(6) + timedelta(hours=number)
        answers = derived(heard(told[: number + 1]), owed, now)
        tasks = keep(tasks, reconcile(answers, tasks, replace(at, now=now)))
    answers = derived(heard(said), owed, end)
    tasks = keep(tasks, reconcile(answers, tasks, replace(at, now=end)))
    at_once = keep([], reconcile(answers, [], replace(at, now=end)))

    assert live_only(open_work(tasks), answers) == live_only(open_work(at_once), answers)
    assert reconcile(answers, tasks, replace(at, now=end)) == [], "a second pass writes nothing"
    standing = [name for t in tasks if t.body["status"] in OPEN for name in names_of(t.body)]
    assert len(standing) == len(set(standing)), "exactly one open task for each obligation"
    assert all(t.body.get("statusReason", {}).get("text") for t in tasks if t.body["status"] == "cancelled")


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["open", "met", "cancelled", "gone", "breached", "paused", "decline"]), max_size=10))
def test_a_person_who_declined_is_never_asked_again_whatever_follows(at, owed, keep, moments):
    tasks, declined = [], False
    for moment in moments:
        if moment == "decline":
            declined = declined or any(t.body["status"] in OPEN for t in tasks)
            tasks = [
                replace(t, version=t.version + 1, body=t.body | {"status": "rejected"})
                if t.body["status"] in OPEN
                else t
                for t in tasks
            ]
            continue
        answers = [] if moment == "gone" else [owed(status=moment, resolved_at=at.now if moment == "met" else None)]
        tasks = keep(tasks, reconcile(answers, tasks, at))
        assert len([t for t in tasks if t.body["status"] in OPEN]) <= 1
        assert not (declined and any(t.body["status"] in OPEN for t in tasks))
    assert declined == any(held(t.body) for t in tasks)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["coaching", "home", "third"]), st.integers(0, 2)), unique=True, max_size=6))
def test_the_order_in_which_reasons_are_listed_does_not_matter(at, owed, keep, reasons):
    roles = [("coach", "nurse"), ("nurse", "doctor"), ("doctor",)]
    all_owed = [owed(occurrence=n, model=m, roles=roles[n], due_at=day(5 + n)) for m, n in reasons]
    forwards = [w.body for w in reconcile(all_owed, [], at)]
    backwards = [w.body for w in reconcile(all_owed[::-1], [], at)]
    assert forwards == backwards
    assert all(extension(t, "reopens") is None for t in forwards)
