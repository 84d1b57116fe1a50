"""Parameter expressions evaluated for all rows of a sweep at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import Parameter, ParameterExpression


def evaluate(expressions: Sequence[Any], parameters: Sequence[Parameter], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Evaluate angles for every row.

    Args:
        expressions: numbers or ``ParameterExpression``.
        parameters: the parameters of the columns of ``values``.
        values: shape ``(rows, parameters)``.

    Returns:
        Shape ``(rows, len(expressions))``.
    """
    return Angles.of(expressions, parameters)(values)


@dataclass(frozen=True, eq=False)
class Angles:
    """Expressions taken apart once, to be evaluated for many values.

    Single parameters are a matter of indexing, affine expressions (by far the most of the others) of one multiplication a
    parameter; the rest is bound row by row.
    """

    parameters: tuple[Parameter, ...]
    constants: NDArray[np.float64]
    """Numbers, and the values of affine expressions at the origin."""
    single: tuple[NDArray[np.intp], NDArray[np.intp]]
    """Which expressions are a parameter, and which."""
    affine: tuple[tuple[int, int, float], ...]
    """Expression, parameter, slope."""
    others: tuple[tuple[int, ParameterExpression], ...]

    @classmethod
    def of(cls, expressions: Sequence[Any], parameters: Sequence[Parameter]) -> Angles:
        """Take expressions apart; ``parameters`` are those of the columns of values."""
        column = {parameter: i for i, parameter in enumerate(parameters)}
        constants = np.zeros(len(expressions))
        singles: list[tuple[int, int]] = []
        affine: list[tuple[int, int, float]] = []
        others: list[tuple[int, ParameterExpression]] = []
        for i, expression in enumerate(expressions):
            if isinstance(expression, Parameter):
                singles.append((i, column[expression]))
            elif not isinstance(expression, ParameterExpression):
                constants[i] = float(expression)
            elif (slopes := _slopes(expression)) is None:
                others.append((i, expression))
            else:
                constants[i] = float(expression.bind(dict.fromkeys(slopes, 0.0)).numeric())
                affine.extend((i, column[parameter], slope) for parameter, slope in slopes.items())
        places = np.array(singles, dtype=np.intp).reshape(-1, 2)
        return cls(tuple(parameters), constants, (places[:, 0], places[:, 1]), tuple(affine), tuple(others))

    def __call__(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Angles of every row of ``values``, shape ``(rows, expressions)``."""
        out = np.tile(self.constants, (len(values), 1))
        where, which = self.single
        out[:, where] = values[:, which]
        for expression, parameter, slope in self.affine:
            out[:, expression] += slope * values[:, parameter]
        for place, other in self.others:
            out[:, place] = self._row_by_row(other, values)
        return out

    def _row_by_row(self, expression: ParameterExpression, values: NDArray[np.float64]) -> NDArray[np.float64]:
        used = sorted(expression.parameters, key=self.parameters.index)
        columns = [self.parameters.index(parameter) for parameter in used]
        distinct, where = np.unique(values[:, columns], axis=0, return_inverse=True)
        found = [float(expression.bind(dict(zip(used, row.tolist(), strict=True))).numeric()) for row in distinct]
        return np.array(found)[where.reshape(-1)]


def _slopes(expression: ParameterExpression) -> dict[Parameter, float] | None:
    """The derivatives by each parameter, if they are constants."""
    slopes = {}
    for parameter in sorted(expression.parameters, key=lambda p: p.name):
        gradient = expression.gradient(parameter)
        if isinstance(gradient, ParameterExpression):
            if gradient.parameters:
                return None
            gradient = gradient.numeric()
        if isinstance(gradient, complex):
            return None
        slopes[parameter] = float(gradient)
    return slopes
