"""Faults that somebody could make in the scheduler, as replacements in its source text."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from qiskit_local_runtime.scheduler import entries, selection, shares, state


@dataclass(frozen=True)
class Fault:
    """One replacement: what is wrong then, where, and the text."""

    name: str
    module: ModuleType
    right: str
    wrong: str


FAULTS = (
    Fault("one job too many in lanes", selection, "len(line.running) >= line.lanes", "len(line.running) > line.lanes"),
    Fault("a session starts beside others", selection, "None if line.running else head", "head"),
    Fault("strangers in a session's window", selection, "None if window.rule.exclusive else _filler", "_filler"),
    Fault("a waiting session is overtaken", selection, "line.next_up = head\n", "pass\n"),
    Fault(
        "a session is overtaken while all lanes are taken",
        selection,
        "    _latch(line, shares, now)\n    if len(line.running) >= line.lanes:\n        return None\n",
        "    if len(line.running) >= line.lanes:\n        return None\n    _latch(line, shares, now)\n",
    ),
    Fault(
        "singles go past a session in a batch's window",
        selection,
        "            return None\n        if not",
        "            continue\n        if not",
    ),
    Fault("a second batch beside a batch", selection, "if not group.rule.window:", "if True:"),
    Fault(
        "a batch's jobs are not before others", selection, "if window.queued:", "if window.queued and window.rule.exclusive:"
    ),
    Fault("single jobs beyond what runs at once", selection, "head.rule.side_by_side or line.singles < line.at_once", "True"),
    Fault("a filler beyond what runs at once", selection, "line.singles >= line.at_once or line", "line"),
    Fault("instances in no order", selection, "if len(instances) > 1:", "if False:"),
    Fault("the QPU is given away twice", selection, "len(line.qpu) >= line.slots", "len(line.qpu) > line.slots"),
    Fault("the window is last on the QPU", selection, "entry.group is not line.window", "entry.group is line.window"),
    Fault("the youngest first on the QPU", selection, "line.window, entry.number)", "line.window, -entry.number)"),
    Fault("a session shares the QPU", entries, "return 1 if self.window", "return self.at_once if self.window"),
    Fault("old usage is never forgotten", shares, "if past[0][0] <= now - WINDOW_SECONDS", "if False"),
    Fault("shares count for nothing", shares, "self._shares.get(instance, 1.0)", "1.0"),
    Fault("the last job of a workload first", state, "next(iter(group.queued))", "next(reversed(group.queued))"),
    Fault("a job stays in its lane", state, ", line.running[entry.id], group.running[entry.id]", ", group.running[entry.id]"),
    Fault("the QPU stays with a job that ended", state, "        line.qpu.pop(entry.id, None)\n", ""),
    Fault("a job that ended still wants the QPU", state, "        line.wanting.pop(entry.id, None)\n", ""),
    Fault("single jobs are never counted down", state, "line.singles -= 1", "pass"),
    Fault(
        "a session's usage is not charged",
        state,
        "self.shares.charge(group.instance, when,",
        "(lambda *_: None)(group.instance, when,",
    ),
    Fault(
        "a job's usage is not charged",
        state,
        "self.shares.charge(group.instance, self.now,",
        "(lambda *_: None)(group.instance, self.now,",
    ),
    Fault("a session is charged its jobs, too", state, "if not group.rule.wall_clock:", "if True:"),
    Fault(
        "a new job does not stop the interactive clock", state, "            group.idle_since = None\n", "            pass\n"
    ),
    Fault("an idle session keeps its window", state, "self._idle(group, self.now)", "pass"),
    Fault("the maximum time starts again with each window", state, "if group.started_at is None:", "if True:"),
    Fault("the maximum time cancels instead of failing", state, 'self._end(group, "ERROR"', 'self._end(group, "CANCELLED"'),
    Fault("the maximum time does not end running windows", state, 'self._shut(group, "closed", when)', "pass"),
    Fault(
        "an ended window closes under its running jobs",
        state,
        "        if not group.running:\n            self._shut",
        "        if True:\n            self._shut",
    ),
    Fault(
        "closing does not wait for queued jobs",
        entries,
        "return bool(self.queued or self.running)",
        "return bool(self.running)",
    ),
    Fault("a closed workload waits for the interactive clock", state, "elif not group.accepting:", "elif False:"),
    Fault("a closed workload takes jobs", state, "if not group.accepting and not event.again:", "if False:"),
    Fault("a cancelled job leaves its workload open", state, "        self._settled(entry.group)\n", ""),
    Fault(
        "a workload whose jobs are cancelled stays in line",
        state,
        "            if not group.outstanding:\n                self._leave(group)\n",
        "            if not group.outstanding:\n",
    ),
    Fault(
        "nobody starts after a deactivation",
        state,
        "self._out.append(Changed(group.id))\n                self._fill(group.line)",
        "self._out.append(Changed(group.id))",
    ),
    Fault("a deadline happens when it is noticed", state, "self.now = max(self.now, due)", "self.now = now"),
    Fault("a late tick charges until now", state, 'self._shut(group, "inactive", due)', 'self._shut(group, "inactive", now)'),
    Fault("time runs backwards", state, "        self.now = max(now, self.now)\n", "        self.now = now\n"),
    Fault(
        "a reactivated workload stays in line",
        state,
        "        self._leave(group)\n        group.line.window = group\n",
        "        group.line.window = group\n",
    ),
    Fault(
        "a new job does not start at once",
        state,
        "setdefault(group.id, group)\n        self._fill(group.line)",
        "setdefault(group.id, group)",
    ),
    Fault(
        "the QPU waits for the next event",
        state,
        "line.wanting[entry.id] = entry\n        self._grant(line)",
        "line.wanting[entry.id] = entry",
    ),
    Fault("a released QPU stays idle", state, "del line.qpu[entry.id]\n        self._grant(line)", "del line.qpu[entry.id]"),
    Fault(
        "a running job is cancelled as if it had not started",
        state,
        "self._out.append(Interrupt(entry.id))\n",
        'self._out.append(Settle(entry.id, "CANCELLED", CANCELLED))\n',
    ),
)


def broken(fault: Fault) -> Any:
    """The scheduler with this fault: what makes a machine, instead of ``State``.

    Raises:
        LookupError: the text is not in the source exactly once any more.
    """
    source = inspect.getsource(fault.module)
    if source.count(fault.right) != 1:
        raise LookupError(
            f"The fault '{fault.name}' replaces {fault.right!r}, found {source.count(fault.right)} times in "
            f"{fault.module.__name__} instead of once. Adapt the fault to the source."
        )
    names = _module(fault.module, source.replace(fault.right, fault.wrong))
    if fault.module is state:
        return names["State"]
    around = _module(state, inspect.getsource(state))
    around.update({name: thing for name, thing in names.items() if name in around and not name.startswith("__")})
    return around["State"]


def _module(module: ModuleType, source: str) -> dict[str, Any]:
    """The names of a copy of a module, made from another text."""
    names: dict[str, Any] = {"__name__": module.__name__, "__package__": module.__package__}
    exec(compile(source, f"<{module.__name__} with a fault>", "exec"), names)
    return names
