"""Values kept as long as their owner lives."""

from __future__ import annotations

import gc
import threading
import unittest

from qiskit_local_runtime.devices.cache import IdentityCache


class _Owner:
    """Equal to all of its kind, and without a hash."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Owner)

    __hash__ = None  # type: ignore[assignment]


class TestIdentityCache(unittest.TestCase):
    """One dictionary an object."""

    def test_a_value_is_found_once(self) -> None:
        cache: IdentityCache[object] = IdentityCache(1)
        owner = _Owner()
        self.assertIs(cache.get(owner, "a", object), cache.get(owner, "a", object))

    def test_equal_objects_are_told_apart(self) -> None:
        cache: IdentityCache[object] = IdentityCache(1)
        first, second = _Owner(), _Owner()
        self.assertIsNot(cache.get(first, "a", object), cache.get(second, "a", object))

    def test_only_the_latest_keys_are_kept(self) -> None:
        cache: IdentityCache[object] = IdentityCache(2)
        owner = _Owner()
        first = cache.get(owner, 1, object)
        cache.get(owner, 2, object)
        self.assertIs(cache.get(owner, 1, object), first)
        cache.get(owner, 3, object)
        self.assertIs(cache.get(owner, 1, object), first)
        kept = cache.get(owner, 3, object)
        self.assertIsNot(cache.get(owner, 2, object), None)
        self.assertIs(cache.get(owner, 3, object), kept)
        self.assertIsNot(cache.get(owner, 1, object), first)

    def test_an_owner_that_dies_is_forgotten(self) -> None:
        cache: IdentityCache[object] = IdentityCache(1)
        owner = _Owner()
        cache.get(owner, 1, object)
        del owner
        gc.collect()
        self.assertEqual(cache._found, {})

    def test_threads_that_race_get_the_same_value(self) -> None:
        cache: IdentityCache[object] = IdentityCache(1)
        owner, together, found = _Owner(), threading.Barrier(4), []

        def find() -> object:
            together.wait()
            return object()

        threads = [threading.Thread(target=lambda: found.append(cache.get(owner, 1, find))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len({id(value) for value in found}), 1)
