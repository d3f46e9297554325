"""Training: Splink learns from records without labels how often each level holds for one person and for two.

Splink is the optional extra `linkage`; it is imported only here, when it is asked for.
"""

import logging
from dataclasses import replace
from typing import Any

import pyarrow as pa

from throughcare.faults import Refused
from throughcare.identity.comparisons import Comparison, Odds, Weights, comparisons
from throughcare.stores import duckdb

PAIRS_AT_RANDOM = 1_000_000  # sampled to learn how often levels hold for two people
PAIRS_LEARNED_FROM = 200_000  # of each block; more teach nothing new
SEED = 20_261_127
RECORDS_MIN = 200  # fewer records teach nothing
_M_LEAST = 0.01  # of a hundred pairs of one person one may differ in a way these records do not show
_U_LEAST = 1e-6
_NAMES = ("l.root = r.root and l.family = r.family", "l.root = r.family and l.family = r.root")
_WHERE_OR_WHEN = (
    "left(l.born, 4) = left(r.born, 4)",
    "right(l.born, 4) = right(r.born, 4)",
    "coalesce(l.postcode, l.city) = coalesce(r.postcode, r.city)",
)
# A batch compares much the pairs that an arriving patient is compared with (fhir/likeness.py): each block takes in what
# the others cannot see, and none grows with the square of a common name.
BLOCKS = (
    "l.ssn = r.ssn",
    "l.phone = r.phone",
    "l.email = r.email",
    "l.born = r.born and left(l.root, 3) = left(r.root, 3)",
    "l.born = r.born and left(l.family, 3) = left(r.family, 3)",
    "l.born = r.born and left(l.root, 3) = left(r.family, 3)",
    "l.born = r.born and left(l.family, 3) = left(r.root, 3)",
    "l.born = r.born and l.street = r.street",
    "l.street = r.street and left(l.root, 3) = left(r.root, 3)",
    "l.street = r.street and left(l.family, 3) = left(r.family, 3)",
    *(f"{names} and {beside}" for names in _NAMES for beside in _WHERE_OR_WHEN),
)
_LEARNED_FROM = (
    "l.born = r.born",
    "l.root = r.root and l.family = r.family",
    "l.phone = r.phone",
    "l.ssn = r.ssn",
    "l.email = r.email",
)
_SURE = ("l.ssn = r.ssn and l.born = r.born", "l.given = r.given and l.family = r.family and l.born = r.born")


def trained(
    records: pa.Table, *, trained_on: str, prior: float | None = None, recall_of_sure: float = 0.7,
    untaught: Weights | None = None,
) -> Weights:  # fmt: skip
    """Weights learned from these records (shape of `score.table`).

    `prior` replaces the chance that two of them are one person, where the records are a part of a larger community.
    `recall_of_sure` is the share of true pairs believed to be found by equal names and birth dates or equal numbers.
    A comparison that these records have no values for weighs as in `untaught`, or nothing.
    """
    if records.num_rows < RECORDS_MIN:
        raise Refused(f"{records.num_rows} records are too few to learn from.", do=f"Use at least {RECORDS_MIN}.")
    linker = _linker(records, None)
    training = linker.training
    training.estimate_probability_two_random_records_match(list(_SURE), recall=recall_of_sure)
    if not linker.misc.save_model_to_json()["probability_two_random_records_match"]:
        raise Refused(
            "No two of these records are surely one person: nothing can be learned from them.",
            why="Equal names and birth dates, or equal numbers, show what records of one person look like.",
            do="Train on records of several sources that share people.",
        )
    training.estimate_u_using_random_sampling(max_pairs=PAIRS_AT_RANDOM, seed=SEED)
    for block in _usable(records):
        training.estimate_parameters_using_expectation_maximisation(block, max_pairs=PAIRS_LEARNED_FROM)
    learned = _read(linker, trained_on)
    levels = {**learned.levels, **_of_others(learned, untaught)}
    return replace(learned, prior=prior or learned.prior, levels=levels)


def compared(records: pa.Table, weights: Weights, *, least_bits: float) -> pa.Table:
    """A batch: every pair that shares a block and weighs enough, as Splink compares and weighs it."""
    predicted = _linker(records, weights).inference.predict(threshold_match_weight=least_bits)
    return predicted.as_pyarrow_table()


def _usable(records: pa.Table) -> list[str]:
    """Blocks over columns that these records have values in."""
    empty = {c for c in records.column_names if records[c].null_count == records.num_rows}
    return [b for b in _LEARNED_FROM if not any(f"l.{c} " in f"{b} " for c in empty)]


def _linker(records: pa.Table, weights: Weights | None) -> Any:
    try:
        import splink
    except ImportError:
        raise Refused("Splink is not installed.", do="pip install 'throughcare[linkage]'") from None
    database = splink.DuckDBAPI(duckdb.connect())
    linker = splink.Linker(database.register(records), _settings(weights))
    logging.getLogger("splink").setLevel(logging.ERROR)  # it tells every level that no pair showed; those are smoothed
    return linker


def _settings(weights: Weights | None) -> dict[str, Any]:
    prior = {"probability_two_random_records_match": weights.prior} if weights else {}
    return prior | {
        "link_type": "dedupe_only",
        "unique_id_column_name": "id",
        "comparisons": [_comparison(c, weights) for c in comparisons()],
        "blocking_rules_to_generate_predictions": list(BLOCKS),
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": False,
        "additional_columns_to_retain": [],
    }


def _comparison(one: Comparison, weights: Weights | None) -> dict[str, Any]:
    levels: list[dict[str, Any]] = [
        {"sql_condition": one.missing, "label_for_charts": "missing", "is_null_level": True}
    ]
    for level in one.levels:
        odds = weights.levels[one.id, level.id] if weights else None
        learned = {"m_probability": odds.m, "u_probability": odds.u} if odds else {}
        when = "ELSE" if level.when == "else" else level.when
        levels.append({"sql_condition": when, "label_for_charts": level.id} | learned)
    return {"output_column_name": one.id, "comparison_levels": levels}


def _read(linker: Any, trained_on: str) -> Weights:
    """What Splink learned, each share smoothed so that what these records never showed may still be.

    Pairs taken at random hold a few of one person; their part is taken out of u, or rare levels would weigh too little.
    """
    made = linker.misc.save_model_to_json()
    prior = made["probability_two_random_records_match"]
    levels: dict[tuple[str, str], Odds] = {}
    for one, said in zip(comparisons(), made["comparisons"], strict=True):
        learned = [
            (each.get("m_probability") or 0.0, each.get("u_probability") or 0.0)
            for each in said["comparison_levels"][1:]
        ]
        ms = _shares([m for m, _ in learned], _M_LEAST)
        us = _shares([(u - prior * m) / (1 - prior) for (_, u), m in zip(learned, ms, strict=True)], _U_LEAST)
        levels |= {(one.id, level.id): Odds(m, u) for level, m, u in zip(one.levels, ms, us, strict=True)}
    return Weights(trained_on, prior, levels)


def _of_others(learned: Weights, untaught: Weights | None) -> dict[tuple[str, str], Odds]:
    """The weights of comparisons about which these records said nothing: all their levels weigh alike."""
    dumb = {c.id for c in comparisons() if all(abs(learned.bits(c.id, level.id)) < 1e-9 for level in c.levels)}
    return {key: odds for key, odds in (untaught.levels if untaught else {}).items() if key[0] in dumb}


def _shares(found: list[float], least: float) -> list[float]:
    """Shares that add up to 1, none below `least`; where nothing was found at all, all alike."""
    raised = [max(share, least) for share in found] if any(found) else [1.0] * len(found)
    return [share / sum(raised) for share in raised]
