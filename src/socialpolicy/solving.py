"""The solver behind the exact analysis: six methods, so that another one can stand in for it (tests do that)."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import Protocol, Self

from socialpolicy.errors import SocialPolicyError

CONFLICTS = 2_000_000
"""How many conflicts one question may cost (some minutes of work) before it is left open."""


class Undecided(SocialPolicyError):  # noqa: N818 - it is what a question is
    """A question stays open, since a stated limit was met: ``limit`` says which."""

    def __init__(self, limit: str) -> None:
        super().__init__(f"the question stays open: {limit}")
        self.limit = limit


class Solver(Protocol):
    """Whether clauses can all be true at once. A literal is a whole number: a variable, or its negation below nought."""

    def add(self, clause: list[int]) -> None:
        """Demand that one of these literals is true."""

    def solve(self, assumptions: list[int]) -> bool:
        """Tell whether all clauses can be true, and these literals too. Raises ``Undecided``."""

    def model(self) -> list[int]:
        """After a yes: every variable as the literal that is true."""

    def core(self) -> list[int]:
        """After a no: the assumptions that are to blame."""

    def close(self) -> None:
        """Let go of what the solver holds."""


class Cadical:
    """CaDiCaL 1.9.5, by python-sat (MIT). Exact; one question costs at most so many ``conflicts``."""

    def __init__(self, conflicts: int = CONFLICTS) -> None:
        from pysat.solvers import Cadical195

        self.conflicts = conflicts
        self.solver = Cadical195()

    def add(self, clause: list[int]) -> None:
        """Demand that one of these literals is true."""
        self.solver.add_clause(clause)

    def solve(self, assumptions: list[int]) -> bool:
        """Tell whether all clauses can be true, and these literals too. Raises ``Undecided``."""
        self.solver.conf_budget(self.conflicts)
        answer = self.solver.solve_limited(assumptions=assumptions)
        if answer is None:
            raise Undecided(f"the solver met {self.conflicts:,} conflicts (a larger --budget lets it go on)")
        return bool(answer)

    def model(self) -> list[int]:
        """After a yes: every variable as the literal that is true."""
        return self.solver.get_model() or []

    def core(self) -> list[int]:
        """After a no: the assumptions that are to blame."""
        return self.solver.get_core() or []

    def close(self) -> None:
        """Let go of what the solver holds."""
        self.solver.delete()


class Circuit:
    """Clauses made of gates: *and* and *or* of literals, each made once, however often it is asked for.

    A gate is equal to what it stands for in both directions (Tseitin 1968), so it may be asked for true or for false.
    """

    TRUE = 1
    FALSE = -1

    def __init__(self, solver: Solver | None = None, *, conflicts: int = CONFLICTS) -> None:
        self.solver: Solver = solver if solver is not None else Cadical(conflicts)
        self.last = self.TRUE
        self.gates: dict[frozenset[int], int] = {}
        self.require(self.TRUE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.solver.close()

    def fresh(self) -> int:
        """A new variable."""
        self.last += 1
        return self.last

    def require(self, *literals: int) -> None:
        """Demand that one of these literals is true."""
        self.solver.add(list(literals))

    def both(self, *literals: int) -> int:
        """The literal that is true where all of these are."""
        return self.all(literals)

    def either(self, *literals: int) -> int:
        """The literal that is true where one of these is."""
        return self.any(literals)

    def all(self, literals: Iterable[int]) -> int:
        """The literal that is true where all of these are; of none, always."""
        parts = set(literals)
        parts.discard(1)
        if not parts:
            return 1
        if len(parts) == 1:
            return parts.pop()
        if -1 in parts:
            return -1
        key = frozenset(parts)
        gate = self.gates.get(key)
        if gate is None:
            if any(-part in parts for part in parts):
                gate = -1
            else:
                gate = self.last = self.last + 1
                add = self.solver.add
                for part in parts:
                    add([-gate, part])
                add([gate, *(-part for part in parts)])
            self.gates[key] = gate
        return gate

    def any(self, literals: Iterable[int]) -> int:
        """The literal that is true where one of these is; of none, never."""
        return -self.all([-literal for literal in literals])

    def same(self, one: int, other: int) -> int:
        """The literal that is true where both are true or both false."""
        return self.both(self.either(-one, other), self.either(one, -other))

    def at_least(self, number: int, literals: Iterable[int]) -> int:
        """The literal that is true where at least so many of these are, counted one after the other."""
        counts = [self.TRUE] + [self.FALSE] * number
        for literal in literals:
            for index in range(number, 0, -1):
                counts[index] = self.either(counts[index], self.both(counts[index - 1], literal))
        return counts[number]

    def possible(self, *literals: int) -> bool:
        """Tell whether these can all be true at once. Raises ``Undecided``."""
        return False if -1 in literals else self.solver.solve([literal for literal in literals if literal != 1])

    def model(self) -> dict[int, bool]:
        """After a yes: which variables are true."""
        return {abs(literal): literal > 0 for literal in self.solver.model()}
