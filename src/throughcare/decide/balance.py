"""Balance: all cases placed at once, the most used worker used as little as can be; solved exactly by HiGHS."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from throughcare.faults import Fault

Row = Mapping[str, Any]
SECONDS_MAX = 20.0
PLACED = 10.0  # worth more than any share of room: whoever can be placed is
STAYS = 0.000001  # of equal plans, the one in which more cases stay where they were
GAP = 0.000001


def balanced(cases: Sequence[Sequence[Row]], workers: Mapping[str, Any]) -> dict[str, str]:
    """Case -> worker, for as many cases as fit; then the highest share of room used is the lowest possible."""
    solver, infinity = _solver()
    top = solver.addVariable(lb=0.0, ub=infinity, obj=1.0)
    chosen: dict[tuple[str, str], Any] = {}
    taken: dict[str, list[Any]] = defaultdict(list)
    full: dict[str, float] = {}
    for listed in cases:
        own = []
        for row in listed:
            if row["worker"] in workers and row["weight"] is not None:
                stays = STAYS if row["worker"] == row["previous"] else 0.0
                own.append(solver.addBinary(obj=-PLACED - stays))
                chosen[row["case_key"], row["worker"]] = own[-1]
                taken[row["worker"]].append(float(row["weight"] / workers[row["worker"]].cap) * own[-1])
                full[row["worker"]] = float(row["full_at"])
        if own:
            solver.addConstr(sum(own) <= 1)
    for key, parts in taken.items():
        start = float(workers[key].load / workers[key].cap)
        solver.addConstr(sum(parts) <= max(0.0, full[key] - start))
        solver.addConstr(sum(parts) - top <= -start)
    solver.minimize()
    values = solver.getSolution().col_value
    return {case: worker for (case, worker), v in chosen.items() if values[v.index] > 0.5}


def _solver() -> tuple[Any, float]:
    try:
        import highspy
    except ImportError as missing:
        what, why = "The solver for placing all cases at once is not installed.", 'An assignment says how = "together".'
        raise Fault(what, why=why, do='Install throughcare[optimise], or say how = "one_by_one".') from missing
    solver = highspy.Highs()
    solver.silent()
    for name, value in (("time_limit", SECONDS_MAX), ("mip_rel_gap", GAP), ("random_seed", 1), ("threads", 1)):
        solver.setOptionValue(name, value)
    return solver, highspy.kHighsInf
