"""Rows in the order of their risk, and what is taken from running sums over them."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class RankedRows:
    """Rows, sorted once by their margin, whose AUC under any row counts is a matter of running sums.

    Attributes:
        order: The rows, riskiest first.
        labels: Their outcomes, in that order.
        ends: Last row of each group of equal margins.
    """

    order: NDArray[np.intp]
    labels: FloatArray
    ends: NDArray[np.intp]

    @classmethod
    def of(cls, margins: FloatArray, labels: FloatArray) -> Self:
        """Sort checked rows, of which there is at least one."""
        order = np.argsort(-margins, kind="stable")
        return cls(order, labels[order], group_ends(margins[order]))

    def auc(self, count: FloatArray) -> float:
        """AUC of a table in which row i stands ``count[i]`` times, both classes among them; ties count one half."""
        counts = count[self.order]
        return area_under_roc(running_sums(counts, self.ends), running_sums(counts * self.labels, self.ends))


def area_under_roc(all_so_far: FloatArray, unpaid_so_far: FloatArray) -> float:
    """Area under the ROC curve from the ranks of the unpaid bills; ties count one half.

    Args:
        all_so_far: Running sums of the rows, riskiest first, from 0, at the ends of groups of equal margins.
        unpaid_so_far: The same of the unpaid bills.
    """
    unpaid = unpaid_so_far[-1]
    paid = all_so_far[-1] - unpaid
    unpaid_here = np.diff(unpaid_so_far)
    ranks = dot(unpaid_here, all_so_far[1:] + all_so_far[:-1] - unpaid_so_far[1:] - unpaid_so_far[:-1]) / 2
    return float(1 - ranks / (unpaid * paid))


def group_ends(ranked: FloatArray) -> NDArray[np.intp]:
    """Position of the last of each group of equal values that stand together."""
    return np.concatenate((ranked[1:] != ranked[:-1], [True])).nonzero()[0]


def running_sums(values: FloatArray, ends: NDArray[np.intp]) -> FloatArray:
    """Sums of all values up to the end of each group, from 0."""
    sums = np.cumsum(values)
    return np.concatenate(([0.0], sums if len(ends) == len(sums) else sums[ends]))


def dot(left: FloatArray, right: FloatArray) -> float:
    """Inner product; not the matrix library's, which starts threads, whose number changes the last digit."""
    return float(np.einsum("i,i->", left, right))
