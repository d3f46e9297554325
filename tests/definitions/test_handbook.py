"""The handbook page of each shipped care model says everything its definition says, with its source."""

import pytest

from throughcare.definitions.grammar import CareModel
from throughcare.definitions.handbook import handbook_page
from throughcare.definitions.library import shipped_library

from ..shipped import care_models

MODELS = care_models()
LIBRARY = shipped_library()


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.model.id)
def test_everything_a_reader_may_ask_for_is_on_the_page(model: CareModel) -> None:
    page = handbook_page(model, LIBRARY)
    entries = [*model.eligibility.criterion, *model.enrollment.move, *model.team.role, *model.work.step]
    entries += [*model.plan.goal, *model.measures.measure, *model.payment.line, *model.payment.calc]
    for entry in entries:
        assert entry.says.replace("|", "\\|") in page, entry.id
        assert entry.cites.replace("|", "\\|") in page, entry.id
    assert all(p.says.replace("|", "\\|") in page for p in model.parameters.values())
