"""Decide actions by a program: the one door through which a loaded policy and a saved program decide alike."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from socialpolicy.actions import Action, Checker
from socialpolicy.completing import Assume, complete
from socialpolicy.decisions import Decision
from socialpolicy.program import Effect, Outcome, Program, Rule
from socialpolicy.values import Value
from socialpolicy.vocabulary import Vocabulary

if TYPE_CHECKING:
    from socialpolicy.asking import Asker, Questions, Repairs
    from socialpolicy.compiling import Compiled


class Decider:
    """A program, ready to decide.

    ``decide`` and ``outcome`` check the facts they are given; ``compiled`` is the same decision for callers who have
    checked them already.
    """

    def __init__(self, program: Program) -> None:
        self.program = program

    def __repr__(self) -> str:
        identity = self.program.identity
        return f"<{type(self).__name__} {identity.id} {identity.version}, {len(self.rules)} rules>"

    @property
    def id(self) -> str:
        """The policy's id."""
        return self.program.identity.id

    @property
    def version(self) -> str:
        """The policy's semantic version."""
        return self.program.identity.version

    @property
    def title(self) -> str:
        """The policy's title."""
        return self.program.identity.title

    @property
    def digest(self) -> str:
        """The digest of everything in the policy."""
        return self.program.identity.digest

    @property
    def vocabulary(self) -> Vocabulary:
        """The facts that this policy knows."""
        return self.program.vocabulary

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules, in the order of the author's file: playbooks apart, and further approvals, which stand with their rule."""
        rules = (rule for rule in self.program.rules if rule.effect is not Effect.PLAYBOOK and not rule.part_of)
        return tuple(sorted(rules, key=lambda rule: rule.place))

    @cached_property
    def compiled(self) -> Compiled:
        """The compiled form: it trusts what it is given, and is made when it is first asked for."""
        from socialpolicy.compiling import Compiled

        return Compiled(self.program)

    @cached_property
    def checker(self) -> Checker:
        """What checks the facts of actions against the vocabulary."""
        return Checker(self.program.vocabulary)

    def action(self, facts: Mapping[str, Any]) -> Action:
        """Check the facts of an action, nested or flat. Raises ``ActionError`` with every problem."""
        return Action(self.checker(facts))

    def decide(self, facts: Mapping[str, Any] | Action, *, assume: Assume | str = Assume.NOTHING) -> Decision:
        """Decide about one action.

        ``facts`` is a mapping, nested or flat, or an ``Action`` that was checked before. Facts that are left out, and those
        that are ``None`` or ``"unknown"``, are not known. ``assume="in_examples"`` gives absent facts the values that the
        vocabulary has for examples; it is for tests, never for production.

        Raises ``ActionError`` for facts and values that the vocabulary does not know, and for facts that contradict what
        follows from others; ``ValueError`` for another ``assume``.
        """
        return self.compiled.decide_completed(self._completed(facts, assume))

    def outcome(self, facts: Mapping[str, Any] | Action, *, assume: Assume | str = Assume.NOTHING) -> Outcome:
        """The outcome alone of ``decide``, faster."""
        return self.compiled.outcome_completed(self._completed(facts, assume))

    @cached_property
    def asker(self) -> Asker:
        """The exact analysis of single actions; it is made when it is first asked for."""
        from socialpolicy.asking import Asker

        return Asker(self.program, self.compiled.decide_completed)

    def questions(self, facts: Mapping[str, Any] | Action, *, assume: Assume | str = Assume.NOTHING) -> Questions:
        """Which unknown facts can still change the decision about one action, exactly, in the order in which to ask.

        Facts are given, assumed and refused as in ``decide``. Raises ``Undecided`` where the analysis meets a limit.
        """
        return self.asker.questions(self._stated(facts, assume))

    def repairs(self, facts: Mapping[str, Any] | Action, *, assume: Assume | str = Assume.NOTHING) -> Repairs:
        """The smallest changes to facts that the author can change by which an action becomes allowed, or who must approve.

        Facts are given, assumed and refused as in ``decide``. Raises ``Undecided`` where the analysis meets a limit.
        """
        return self.asker.repairs(self._stated(facts, assume))

    def _stated(self, facts: Mapping[str, Any] | Action, assume: Assume | str) -> dict[str, Value | None]:
        """The checked facts, and those assumed for examples as if they were stated; what follows from facts is left to follow."""
        stated = dict(facts.facts if isinstance(facts, Action) else self.checker(facts))
        if Assume(assume) is Assume.NOTHING:
            return stated
        vocabulary = self.program.vocabulary
        follows = complete(vocabulary, {**dict.fromkeys(vocabulary.facts), **stated})
        for name, value in complete(vocabulary, stated, assume=assume).items():
            if name not in stated and follows[name] is None and value == vocabulary.facts[name].in_examples:
                stated[name] = value
        return stated

    def _completed(self, facts: Mapping[str, Any] | Action, assume: Assume | str) -> dict[str, Value | None]:
        stated = facts.facts if isinstance(facts, Action) else self.checker(facts)
        if Assume(assume) is Assume.NOTHING:
            return self.compiled.complete(stated)
        return complete(self.program.vocabulary, stated, assume=assume)
