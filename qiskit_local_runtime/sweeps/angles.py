"""Parameter expressions evaluated for all rows of a sweep at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import Parameter, ParameterExpression


def evaluate(expressions: Sequence[Any], parameters: Sequence[Parameter], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Evaluate angles for every row.

    Affine expressions (by far the most) cost one multiplication a parameter; others are bound row by row.

    Args:
        expressions: numbers or ``ParameterExpression``.
        parameters: the parameters of the columns of ``values``.
        values: shape ``(rows, parameters)``.

    Returns:
        Shape ``(rows, len(expressions))``.
    """
    column = {parameter: i for i, parameter in enumerate(parameters)}
    out = np.empty((values.shape[0], len(expressions)))
    for i, expression in enumerate(expressions):
        if not isinstance(expression, ParameterExpression):
            out[:, i] = float(expression)
        elif isinstance(expression, Parameter):
            out[:, i] = values[:, column[expression]]
        else:
            out[:, i] = _expression(expression, column, values)
    return out


def _expression(
    expression: ParameterExpression, column: dict[Parameter, int], values: NDArray[np.float64]
) -> NDArray[np.float64]:
    used = sorted(expression.parameters, key=lambda p: column[p])
    slopes = [_slope(expression, parameter) for parameter in used]
    if any(slope is None for slope in slopes):
        return _row_by_row(expression, used, column, values)
    origin = float(expression.bind(dict.fromkeys(used, 0.0)).numeric()) if used else float(expression.numeric())
    total = np.full(values.shape[0], origin)
    for slope, parameter in zip(slopes, used, strict=True):
        total += float(slope or 0.0) * values[:, column[parameter]]
    return total


def _slope(expression: ParameterExpression, parameter: Parameter) -> float | None:
    """The derivative, if it is a constant."""
    gradient = expression.gradient(parameter)
    if isinstance(gradient, ParameterExpression):
        if gradient.parameters:
            return None
        gradient = gradient.numeric()
    return None if isinstance(gradient, complex) else float(gradient)


def _row_by_row(
    expression: ParameterExpression,
    used: Sequence[Parameter],
    column: dict[Parameter, int],
    values: NDArray[np.float64],
) -> NDArray[np.float64]:
    columns = [column[parameter] for parameter in used]
    distinct, where = np.unique(values[:, columns], axis=0, return_inverse=True)
    found = [float(expression.bind(dict(zip(used, row.tolist(), strict=True))).numeric()) for row in distinct]
    return np.array(found)[where.reshape(-1)]
