"""Mixed integer programs, solved to a proof, within somebody's patience. The only door to highspy.

References
----------
HiGHS: Q. Huangfu, J. A. J. Hall, "Parallelizing the dual revised simplex method", Mathematical Programming Computation
10 (2018); its branch and cut is by L. Gottwald.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.coverage.siting.plans import Patience, Progress, Status

if TYPE_CHECKING:
    from highspy import Highs, HighsCallbackEvent, HighsLp

#: What can be proven in reasonable time and memory; larger programs are not begun.
MAX_PROGRAM_ENTRIES: Final = 6_000_000
#: The objective is brought to about this size, so that the solver's absolute tolerances are small beside it.
_SIZE: Final = 1e7
#: The solver reckons in doubles: a bound of it holds to this share.
_TOLERANCE: Final = 1e-9


class Program(NamedTuple):
    """Maximise ``value`` times the columns, each from 0 to ``upper``, each row's sum from ``low`` to ``high``.

    Attributes
    ----------
    value
        What one of each column is worth, int64 (n_columns,).
    upper
        float64 (n_columns,).
    whole
        Which columns are whole numbers, bool (n_columns,).
    first, column, factor
        The rows: int64 (n_rows + 1,), int32 and float64 (n_entries,).
    low, high
        float64 (n_rows,); infinite where there is no limit.
    step
        What every possible worth is a multiple of.
    """

    value: NDArray[np.int64]
    upper: NDArray[np.float64]
    whole: NDArray[np.bool_]
    first: NDArray[np.int64]
    column: NDArray[np.int32]
    factor: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    step: int


class Solved(NamedTuple):
    """What the solver says.

    Attributes
    ----------
    status
        ``stopped`` with the reason, where it was not finished.
    columns
        The best found, float64 (n_columns,); None: none was found.
    bound
        What nothing is worth more than, rounded up by the solver's tolerance; None: nothing is known.
    """

    status: Literal["optimal", "infeasible"] | Status
    columns: NDArray[np.float64] | None
    bound: int | None


def solve_program(
    program: Program,
    patience: Patience,
    *,
    start: NDArray[np.float64] | None = None,
    gap: float = 0.0,
    step: str = "proof",
) -> Solved:
    """Solve a program, with one thread, so that it ends the same way every time.

    Parameters
    ----------
    start
        Values of the columns to begin with, float64 (n_columns,).
    gap
        The share of the bound at which a proof may stop.
    step
        What the progress is called.
    """
    from highspy import Highs, HighsModelStatus  # noqa: PLC0415  # slow to import

    stopped = patience.over()
    if stopped is not None:
        return Solved(stopped, None, None)
    unit = _unit(program)
    highs = Highs()  # type: ignore[no-untyped-call]
    for name, option in (
        ("output_flag", False), ("threads", 1), ("parallel", "off"), ("mip_rel_gap", gap), ("mip_abs_gap", 0.0),
    ):  # fmt: skip
        highs.setOptionValue(name, option)
    remaining = patience.remaining_s()
    if math.isfinite(remaining):
        highs.setOptionValue("time_limit", max(remaining, 0.0))
    highs.passModel(_lp(program, unit))
    if start is not None:
        highs.setSolution(len(start), np.arange(len(start), dtype=np.int32), start)
    reason: list[Status] = []
    _listen(highs, patience, reason, step, unit)
    patience.progress(Progress(step))
    highs.run()
    status = highs.getModelStatus()
    info = highs.getInfo()
    integer = bool(program.whole.any())
    known = info.mip_dual_bound if integer else info.objective_function_value
    bound = _rounded(known, unit, program) if math.isfinite(known) else None
    found = np.array(highs.getSolution().col_value) if info.primal_solution_status == _FEASIBLE else None
    if status == HighsModelStatus.kOptimal:
        return Solved("optimal", found, bound)
    if status in {HighsModelStatus.kInfeasible, HighsModelStatus.kUnboundedOrInfeasible}:
        return Solved("infeasible", None, None)
    stopped_there = status in {HighsModelStatus.kTimeLimit, HighsModelStatus.kInterrupt}
    ended: Status = reason[0] if reason else "time limit" if stopped_there else "within gap"
    return Solved(ended, found, bound if integer else None)


_FEASIBLE: Final = 2  # HiGHS: kSolutionStatusFeasible


def _unit(program: Program) -> int:
    """Return what the objective is divided by: the step of all worths, more if that leaves it too large."""
    total = int(np.abs(program.value).astype(object).sum()) if len(program.value) else 0
    return program.step if total // program.step <= _SIZE else max(1, round(total / _SIZE))


def _rounded(known: float, unit: int, program: Program) -> int:
    """Return a whole bound: the solver's figure and its tolerance, rounded down to what a worth can be."""
    raised = math.floor((known + _TOLERANCE * max(1.0, abs(known))) * unit)
    return raised - raised % program.step


def _lp(program: Program, unit: int) -> HighsLp:
    from highspy import HighsLp, HighsVarType, MatrixFormat, ObjSense  # noqa: PLC0415

    lp = HighsLp()
    lp.num_col_, lp.num_row_ = len(program.value), len(program.low)
    lp.sense_ = ObjSense.kMaximize
    lp.col_cost_ = program.value / unit
    lp.col_lower_, lp.col_upper_ = np.zeros(len(program.value)), program.upper
    lp.row_lower_, lp.row_upper_ = program.low, program.high
    lp.a_matrix_.format_ = MatrixFormat.kRowwise
    lp.a_matrix_.start_ = program.first.astype(np.int32)
    lp.a_matrix_.index_ = program.column
    lp.a_matrix_.value_ = program.factor
    if program.whole.any():
        lp.integrality_ = [HighsVarType.kInteger if whole else HighsVarType.kContinuous for whole in program.whole]
    return lp


def _listen(highs: Highs, patience: Patience, reason: list[Status], step: str, unit: int) -> None:
    """Ask whether to go on wherever the solver asks, and tell how far it is."""

    def ask(event: HighsCallbackEvent) -> None:
        over = patience.over()
        if over is not None:
            reason.append(over)
            event.interrupt()

    def tell(event: HighsCallbackEvent) -> None:
        best, bound = event.data_out.mip_primal_bound, event.data_out.mip_dual_bound
        patience.progress(
            Progress(
                step,
                round(best * unit) if math.isfinite(best) else None,
                round(bound * unit) if math.isfinite(bound) else None,
            )
        )

    highs.cbMipInterrupt.subscribe(ask)
    highs.cbSimplexInterrupt.subscribe(ask)
    highs.cbIpmInterrupt.subscribe(ask)
    highs.cbMipLogging.subscribe(tell)
