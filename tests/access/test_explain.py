"""Why someone sees a person, or does not, said in words, and always the same answer the predicate gives."""

import pytest

from throughcare.access import explain
from throughcare.faults import Fault

from .test_predicate import SEES


@pytest.mark.parametrize("sign_in", SEES)
@pytest.mark.parametrize("whose", ["own", "team", "other"])
def test_the_words_say_what_the_predicate_does(shared, sign_in, whose):
    said = explain.why(shared.site.database, sign_in, shared.people[whose])
    assert said[0].startswith(f"{sign_in} {'sees' if whose in SEES[sign_in] else 'does not see'} person")
    assert len(said) > 1, "the verdict comes with its grounds"


def test_a_person_nobody_has_and_a_name_nobody_has_are_said_so(shared):
    assert "There is no such person." in explain.why(shared.site.database, "noor", 1)
    with pytest.raises(Fault):
        explain.why(shared.site.database, "nobody", 1)
