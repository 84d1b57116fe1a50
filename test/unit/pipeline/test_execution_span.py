"""Execution spans."""

from __future__ import annotations

import unittest
from datetime import UTC, datetime, timedelta

from qiskit_local_runtime.pipeline.execution_span import ExecutionSpans, SliceSpan

_T0 = datetime(2026, 1, 1, tzinfo=UTC)


class TestExecutionSpans(unittest.TestCase):
    """Spans answer when and what."""

    def setUp(self) -> None:
        second = SliceSpan(_T0 + timedelta(seconds=3), _T0 + timedelta(seconds=5), {1: ((2, 3), slice(2, 6))})
        first = SliceSpan(_T0, _T0 + timedelta(seconds=2), {0: ((4,), slice(0, 4)), 1: ((2, 3), slice(0, 2))})
        self.spans = ExecutionSpans((second, first))

    def test_the_whole_reaches_from_the_first_start_to_the_last_stop(self) -> None:
        self.assertEqual((self.spans.start, self.spans.duration), (_T0, 5.0))
        self.assertEqual(self.spans.sort()[0].start, _T0)

    def test_masks_cover_every_data_point_once(self) -> None:
        total = sum(span.mask(1).astype(int) for span in self.spans)
        self.assertEqual(total.tolist(), [[1, 1, 1], [1, 1, 1]])

    def test_filtering_keeps_the_pub_asked_for(self) -> None:
        only = self.spans.filter_by_pub(0)
        self.assertEqual((len(only), only.pub_idxs, only[0].size), (1, [0], 4))
