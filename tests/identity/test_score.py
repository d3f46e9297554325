"""Our score and Splink's are one: same levels, same weights, to six places; and one patient is scored at once."""

import random
import time
from dataclasses import replace

import pyarrow as pa
import pytest

from throughcare.faults import Malformed, Refused
from throughcare.fhir.likeness import Traits, keys
from throughcare.identity import comparisons, score, train
from throughcare.identity.comparisons import PUBLISHED, read

SYLLABLES = ("ba", "ri", "to", "len", "mar", "ko", "sha", "du", "ne", "vi")


def invented(count, seed=3):
    """Records of invented people, each twice, with slips of the pen."""
    dice = random.Random(seed)

    def word():
        return "".join(dice.choices(SYLLABLES, k=3))

    rows = []
    for n in range(count):
        person = [
            word(), "", word(), "", f"{dice.randint(1930, 2015)}{dice.randint(1, 12):02}{dice.randint(1, 28):02}",
            dice.choice(["male", "female"]), f"555{dice.randint(1000000, 9999999)}", f"{word()}@example.org",
            f"{dice.randint(1, 99)} {word()} st", f"{dice.randint(10000, 99999)}", word(),
            f"9{dice.randint(10000000, 99999999)}", "",
        ]  # fmt: skip
        for copy in "ab":
            row = list(person)
            for at in dice.sample(range(len(row)), k=dice.choice([0, 1, 1, 2])):
                row[at] = "" if dice.random() < 0.5 else row[at][:-1] + dice.choice("abcdefg0123")
            row[4] = row[4] if row[4].isdigit() and len(row[4]) == 8 else ""
            row[5] = row[5] if row[5] in ("male", "female") else ""
            rows.append([f"{n:05}{copy}", row[0], row[0], *row[1:]])
    return score.table(rows)


@pytest.fixture(scope="module")
def learned():
    pytest.importorskip("splink", reason="Splink comes with the extra `linkage`")
    records = invented(400)
    return records, train.trained(records, trained_on="invented people")


def test_our_score_equals_splinks_to_six_places(learned):
    records, weights = learned
    theirs = {
        tuple(sorted((row["id_l"], row["id_r"]))): row
        for row in train.compared(records, weights, least_bits=-60).to_pylist()
    }
    ours = {(one.left, one.right): one for one in score.scored(records, theirs, weights)}
    assert len(ours) == len(theirs) > 500
    worst = max(abs(ours[pair].bits - row["match_weight"]) for pair, row in theirs.items())
    assert worst < 1e-6
    chosen = {one.levels["name"] for one in ours.values()} | {one.levels["born"] for one in ours.values()}
    assert len(chosen) > 8


def test_a_batch_compares_whoever_an_arriving_patient_would_be_linked_with_or_asked_about(learned):
    records, weights = learned[0], read()
    holders: dict[str, list[str]] = {}
    pairs: set[tuple[str, str]] = set()
    for name in ("ssn", "phone", "email"):  # any of which would find most pairs by itself
        records = records.set_column(records.column_names.index(name), name, pa.nulls(records.num_rows, pa.string()))
    for row in records.to_pylist():
        traits = Traits(*(row[name] or "" for name in Traits._fields))
        for key in keys(traits):
            pairs |= {(other, row["id"]) for other in holders.setdefault(key, [])}
            holders[key].append(row["id"])
    likely = {(p.left, p.right) for p in score.scored(records, pairs, weights) if p.bits >= weights.asks_from}
    found = train.compared(records, weights, least_bits=weights.asks_from).to_pylist()
    assert len(likely) > 300
    assert likely <= {(row["id_l"], row["id_r"]) for row in found}


def test_records_of_which_no_two_are_surely_one_teach_nothing():
    pytest.importorskip("splink", reason="Splink comes with the extra `linkage`")
    records = invented(400)
    strangers = records.filter([ident.endswith("a") for ident in records["id"].to_pylist()])
    with pytest.raises(Refused, match="surely one person"):
        train.trained(strangers, trained_on="strangers")


def test_what_splink_learned_says_that_alike_is_for_and_unlike_against(learned):
    _, weights = learned
    for name in ("name", "born", "phone", "number"):
        assert weights.bits(name, "same") > 3 > 0 > weights.bits(name, "other")
    assert weights.bits("name", "") == 0


def test_weights_are_written_and_read_back_whole(learned, tmp_path):
    _, weights = learned
    path = tmp_path / "weights.toml"
    path.write_text(comparisons.written(weights))
    assert read(path) == weights


def test_a_file_without_a_level_is_refused_by_name(tmp_path):
    path = tmp_path / "weights.toml"
    path.write_text(PUBLISHED.read_text().replace("one_digit", "other_digit", 1))
    with pytest.raises(Malformed, match=r"weights\.toml"):
        read(path)
    path.write_text(PUBLISHED.read_text().replace("prior = 1e-05", "prior = 2.0", 1))
    with pytest.raises(Malformed, match="between 0 and 1"):
        read(path)


def test_too_few_records_teach_nothing():
    with pytest.raises(Refused, match="too few"):
        train.trained(invented(10), trained_on="ten")


def test_every_level_of_every_comparison_is_published():
    weights = read()
    assert {key[0] for key in weights.levels} == {c.id for c in comparisons.comparisons()}
    assert replace(weights, trained_on="") != weights


def test_one_arriving_patient_is_scored_against_forty_within_ten_milliseconds():
    records = invented(40)
    ids = records["id"].to_pylist()
    pairs, weights = [(ids[0], other) for other in ids[1:41]], read()
    score.scored(records, pairs, weights)
    took = []
    for _ in range(15):
        began = time.process_time()
        assert len(score.scored(records, pairs, weights)) == 40
        took.append(time.process_time() - began)
    assert sorted(took)[len(took) // 2] < 0.010
