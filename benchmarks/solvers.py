"""Synthetic policies of many rules with edited twins, and the solvers that exact analysis is measured against.

The policies are programs, not files. In the ``adversarial`` set more than half of the rules test the roles of who acts, and
as many the topics, each for one of several: what decision diagrams cannot cope with. In the ``structured`` set a rule is
about one kind of action, and is nearer to what handbooks say. Everything comes from a seed.

The peers answer, for two policies, which of the twelve pairs of different outcomes some action has. So that all of them (and
ours) answer the same question, they are given the same neutral ``Problem``: a partition of the facts and two circuits over
it. What is timed is what a peer makes of it: its terms or clauses, and twelve queries in one incremental solver.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, TypeAlias

from socialpolicy.conditions import All, Between, Condition, Includes, Matches, Not, OneOf, SameAs
from socialpolicy.program import (
    Approval,
    Approver,
    Baseline,
    Contact,
    Duty,
    Effect,
    Identity,
    Need,
    Outcome,
    Program,
    Rule,
    Start,
)
from socialpolicy.soundness import unsound
from socialpolicy.values import Kind
from socialpolicy.vocabulary import Fact, Vocabulary

# -- synthetic policies ----------------------------------------------------------------------------------------------

ACTIONS = ("publish", "reply", "share", "like", "message", "livestream", "edit", "delete", "follow", "review", "log_in")
ACCOUNTS = ("personal", "official")
PLATFORMS = ("x", "linkedin", "instagram", "facebook", "tiktok", "youtube", "mastodon", "reddit")
REGIONS = ("eu", "us", "uk", "asia", "other")
EMPLOYMENTS = ("employee", "contractor", "former", "none")
DISCLOSURES = ("none", "vague", "clear")
APPROVERS = ("comms", "legal", "security", "people", "manager")
FLAGS = tuple(f"content.flag_{number}" for number in range(12))
SITES = ("example.com", "example.org", "*.example.com", "*.example.org", "*.video.example.net")
WORDS = ("*merger*", "*forecast*", "*layoff*", "*lawsuit*")
APPROVALS = "context.approvals"
EFFECTS = (
    *(Effect.DENY,) * 3,
    *(Effect.ASK,) * 5,
    *(Effect.REQUIRE,) * 6,
    *(Effect.ALLOW,) * 3,
    *(Effect.DUTY,) * 2,
    Effect.ADVISE,
)
LABELS = {"allow": "Good to go", "revise": "Fix first", "ask": "Ask first", "deny": "Not this one"}


@dataclass(frozen=True, slots=True)
class Shape:
    """How rules of a set look: which share of them tests roles, topics, and several kinds of action."""

    name: str
    roles: float
    topics: float
    several_actions: bool


ADVERSARIAL = Shape("adversarial", 0.55, 0.55, several_actions=True)
STRUCTURED = Shape("structured", 0.25, 0.35, several_actions=False)


def adversarial(rules: int, seed: int) -> Program:
    """A policy of so many rules that test roles and topics more often than not."""
    return synthetic(ADVERSARIAL, rules, seed)


def structured(rules: int, seed: int) -> Program:
    """A policy of so many rules, each about one kind of action."""
    return synthetic(STRUCTURED, rules, seed)


def synthetic(shape: Shape, rules: int, seed: int) -> Program:
    """A policy of one of the sets. There are more roles and topics where there are more rules."""
    random = Random(f"{shape.name} {rules} {seed}")
    vocabulary = facts_for(rules)
    made = [synthetic_rule(random, shape, vocabulary, f"R{number}", number) for number in range(rules)]
    overridden: dict[str, list[str]] = {}
    for number, rule in enumerate(made[:-1]):
        if rule.effect not in (Effect.DUTY, Effect.ADVISE) and random.random() < 0.1:
            for other in random.sample(made[number + 1 :], min(random.randint(1, 3), rules - number - 1)):
                overridden.setdefault(other.id, []).append(rule.id)
    program = Program(
        Identity(f"{shape.name}-{rules}", "1.0.0", "A synthetic policy"),
        vocabulary,
        tuple(replace(rule, overridden_by=tuple(overridden.get(rule.id, ()))) for rule in made),
        Baseline({"personal": Start(Outcome.ALLOW), "official": ask_start()}, "account.kind"),
        contacts={name: Contact(name, name.title()) for name in APPROVERS},
        labels=LABELS,
    )
    problem = unsound(program)
    assert problem is None, problem
    return program


def facts_for(rules: int) -> Vocabulary:
    """The facts that the rules of a policy of this size test."""
    roles = tuple(f"role_{number}" for number in range(6 + min(rules // 100, 24)))
    topics = tuple(f"topic_{number}" for number in range(8 + min(rules // 60, 52)))
    facts = (
        Fact("action.kind", Kind.ENUM, ACTIONS),
        Fact("account.kind", Kind.ENUM, ACCOUNTS),
        Fact("platform", Kind.ENUM, PLATFORMS),
        Fact("actor.region", Kind.ENUM, REGIONS),
        Fact("actor.employment", Kind.ENUM, EMPLOYMENTS),
        Fact("actor.roles", Kind.SET, roles),
        Fact("content.topics", Kind.SET, topics),
        Fact("content.disclosure", Kind.ENUM, DISCLOSURES, mutable=True),
        Fact(APPROVALS, Kind.SET, APPROVERS, default=frozenset()),
        *(Fact(name, Kind.BOOL, mutable=True) for name in FLAGS),
        Fact("actor.followers", Kind.INT, minimum=0),
        Fact("context.crisis", Kind.INT, minimum=0, maximum=5),
        Fact("content.link", Kind.STRING),
        Fact("content.text", Kind.STRING),
        Fact("actor.id", Kind.STRING),
        Fact("account.owner", Kind.STRING),
    )
    return Vocabulary({fact.name: fact for fact in facts}, baseline="account.kind", approvals=APPROVALS)


def synthetic_rule(random: Random, shape: Shape, vocabulary: Vocabulary, name: str, place: int) -> Rule:
    """A rule of a set, and what it asks for."""
    effect = random.choice(EFFECTS)
    return Rule(
        name,
        place,
        effect,
        synthetic_condition(random, shape, vocabulary),
        needs=(synthetic_need(random),) if effect is Effect.REQUIRE else (),
        approval=synthetic_approval(random) if effect is Effect.ASK else None,
        duties=(Duty(random.choice(("Keep a record", "Tell the team")), "actor"),) if effect is Effect.DUTY else (),
        title=f"Rule {name}",
        say="Mind this." if effect is Effect.ADVISE else "",
    )


def synthetic_condition(random: Random, shape: Shape, vocabulary: Vocabulary) -> Condition:
    """Some tests that all have to hold, each for one of several values, and sometimes an exception."""

    def values(fact: str, most: int) -> frozenset[str]:
        return frozenset(random.sample(vocabulary.facts[fact].values, random.randint(1, most)))

    def chance(share: float) -> bool:
        return random.random() < share

    tests: list[Condition] = [OneOf("action.kind", values("action.kind", 3 if shape.several_actions else 1))]
    tests += [OneOf("account.kind", values("account.kind", 1))] if chance(0.6) else []
    tests += [OneOf("platform", values("platform", 3))] if chance(0.25) else []
    tests += [OneOf("actor.region", values("actor.region", 2))] if chance(0.15) else []
    tests += [OneOf("actor.employment", values("actor.employment", 2))] if chance(0.25) else []
    tests += [Includes("actor.roles", values("actor.roles", 3))] if chance(shape.roles) else []
    tests += [Includes("content.topics", values("content.topics", 3))] if chance(shape.topics) else []
    tests += [flag(random)] if chance(0.5) else []
    tests += [Between("actor.followers", random.choice((100, 1_000, 5_000, 10_000)))] if chance(0.1) else []
    tests += [Between("context.crisis", random.randint(1, 4))] if chance(0.1) else []
    tests += [Matches("content.link", random.choice(SITES))] if chance(0.1) else []
    tests += [Matches("content.text", random.choice(WORDS))] if chance(0.1) else []
    tests += [Not(SameAs("account.owner", "actor.id"))] if chance(0.05) else []
    if chance(0.3):
        tests.append(Not(flag(random) if chance(0.6) else Includes("actor.roles", values("actor.roles", 2))))
    return All(tuple(dict.fromkeys(tests)))


def flag(random: Random) -> OneOf:
    """A test that one of the flags is set."""
    return OneOf(random.choice(FLAGS), frozenset({True}))


def synthetic_need(random: Random) -> Need:
    """Something to put right."""
    if random.random() < 0.5:
        return Need(OneOf("content.disclosure", frozenset({"clear"})), say="Say who you are.")
    return Need(OneOf(random.choice(FLAGS), frozenset({random.random() < 0.5})), say="Put this right.")


def synthetic_approval(random: Random) -> Approval:
    """An approval by one or two of some people."""
    names = tuple(random.sample(APPROVERS, random.randint(1, 3)))
    at_least = random.randint(1, min(2, len(names)))
    met = Includes(APPROVALS, frozenset(names), at_least)
    return Approval(tuple(Approver(name, name) for name in names), at_least, met)


def ask_start() -> Start:
    """Who has to approve what no rule opens."""
    return Start(Outcome.ASK, Approval((Approver("comms", "comms"),), 1, Includes(APPROVALS, frozenset({"comms"}), 1)))


def edited(program: Program, seed: int) -> Program:
    """The next version: one rule widened, one narrowed, one with another effect, one removed, and a new one."""
    random = Random(f"edit {program.identity.id} {seed}")
    shape = STRUCTURED if program.identity.id.startswith(STRUCTURED.name) else ADVERSARIAL
    asking = [rule for rule in program.rules if rule.effect in (Effect.DENY, Effect.ASK, Effect.REQUIRE)]
    wider, narrower, other, gone = random.sample(asking, 4)
    regraded = synthetic_rule(random, shape, program.vocabulary, other.id, other.place)
    while regraded.effect in (other.effect, Effect.DUTY, Effect.ADVISE):
        regraded = synthetic_rule(random, shape, program.vocabulary, other.id, other.place)
    parts = wider.when.parts if isinstance(wider.when, All) else (wider.when,)
    changed = {
        wider.id: replace(wider, when=All(parts[:-1] if len(parts) > 1 else parts)),
        narrower.id: replace(narrower, when=All((narrower.when, flag(random)))),
        other.id: replace(regraded, when=other.when, overridden_by=other.overridden_by, title=other.title),
    }
    rules = [changed.get(rule.id, rule) for rule in program.rules if rule.id != gone.id]
    rules = [
        replace(rule, overridden_by=tuple(name for name in rule.overridden_by if name != gone.id)) for rule in rules
    ]
    place = 1 + max(rule.place for rule in program.rules)
    rules.append(synthetic_rule(random, shape, program.vocabulary, f"R{place}", place))
    twin = replace(program, rules=tuple(rules), identity=replace(program.identity, version="2.0.0"))
    problem = unsound(twin)
    assert problem is None, problem
    return twin


# -- the neutral problem ---------------------------------------------------------------------------------------------

Gate: TypeAlias = tuple[str, int, Sequence[int]]
"""``"and"`` or ``"or"``, the literal that it defines, and the literals that it joins. Without any, *and* is true, *or* false."""

Pairs: TypeAlias = set[tuple[int, int]]
"""Pairs of different outcomes, 0 (allow) to 3 (deny), before and after."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Two policies as circuits over one partition of the facts. Literals are as in DIMACS: 1, -1, 2, -2 ...

    ``gates`` come after the gates that they join; ``clauses`` say which combinations of variables there are; ``old`` and
    ``new`` are four literals each, "the outcome is at least so strict", the first of them (at least allow) always true.
    """

    variables: int
    gates: Sequence[Gate]
    clauses: Sequence[Sequence[int]]
    old: Sequence[int]
    new: Sequence[int]


def queries(problem: Problem) -> Iterator[tuple[tuple[int, int], list[int]]]:
    """The twelve pairs of different outcomes, and the literals that have to be true for each."""
    for old in range(4):
        for new in range(4):
            if old != new:
                yield (old, new), [*exactly(problem.old, old), *exactly(problem.new, new)]


def exactly(at_least: Sequence[int], outcome: int) -> list[int]:
    """The literals that have to be true for just this outcome."""
    return [*([at_least[outcome]] if outcome else []), *([-at_least[outcome + 1]] if outcome < 3 else [])]


def as_clauses(problem: Problem) -> Iterator[Sequence[int]]:
    """The whole problem as clauses: each gate in both directions."""
    yield from problem.clauses
    for kind, output, inputs in problem.gates:
        sign = 1 if kind == "and" else -1
        signed = [sign * literal for literal in inputs]
        for literal in signed:
            yield (-sign * output, literal)
        yield (sign * output, *(-literal for literal in signed))


# -- peers -----------------------------------------------------------------------------------------------------------


def z3_pairs(problem: Problem, how: str = "text") -> Pairs:
    """The pairs of outcomes that there are, by z3. ``how`` is one of ``Z3_WAYS``, of which the first is the fastest that we know.

    Most of what z3 takes by its Python API goes into making terms one by one; a text it reads by itself.
    """
    return Z3_WAYS[how](problem)


def z3_text(problem: Problem, logic: str = "QF_FD") -> Pairs:
    """z3, given gates and queries as one text, and one assumption a query."""
    import z3  # type: ignore[import-untyped]

    lines = [f"(declare-const v{variable} Bool)" for variable in range(1, problem.variables + 1)]
    for kind, output, inputs in problem.gates:
        lines.append(f"(assert (= {spelt(output)} ({kind} {'true' if kind == 'and' else 'false'}{spelt(*inputs)})))")
    lines += [f"(assert (or false{spelt(*clause)}))" for clause in problem.clauses]
    asked = list(queries(problem))
    for number, (_, literals) in enumerate(asked):
        lines.append(f"(declare-const q{number} Bool)(assert (=> q{number} (and{spelt(*literals)})))")
    context = z3.Context()
    solver = z3.SolverFor(logic, ctx=context) if logic else z3.Solver(ctx=context)
    solver.from_string("\n".join(lines))
    return {pair for number, (pair, _) in enumerate(asked) if solver.check(z3.Bool(f"q{number}", context)) == z3.sat}


def spelt(*literals: int) -> str:
    """Literals in SMT-LIB, each after a blank."""
    return "".join([f" v{literal}" if literal > 0 else f" (not v{-literal})" for literal in literals])


def z3_dimacs(problem: Problem, logic: str = "QF_FD") -> Pairs:
    """z3, given clauses as text, and assumptions."""
    import z3

    context = z3.Context()
    solver = z3.SolverFor(logic, ctx=context)
    clauses = [" ".join(map(str, (*clause, 0))) for clause in as_clauses(problem)]
    solver.from_string("\n".join((f"p cnf {problem.variables} {len(clauses)}", *clauses, "")))

    def term(literal: int) -> Any:
        variable = z3.Bool(abs(literal), context)  # symbols from DIMACS are numbers
        return variable if literal > 0 else z3.Not(variable)

    return {pair for pair, literals in queries(problem) if solver.check(*map(term, literals)) == z3.sat}


def z3_terms(problem: Problem, logic: str = "QF_FD", *, push: bool = False) -> Pairs:
    """z3 by its Python API: gates as shared terms. Without a logic it is the general solver; with ``push`` no assumptions."""
    import z3

    context = z3.Context()
    solver = z3.SolverFor(logic, ctx=context) if logic else z3.Solver(ctx=context)
    positive: list[Any] = [None] * (problem.variables + 1)
    negative: list[Any] = [None] * (problem.variables + 1)

    def term(literal: int) -> Any:
        variable = abs(literal)
        if positive[variable] is None:
            positive[variable] = z3.Bool(variable, context)
        if literal > 0:
            return positive[variable]
        if negative[variable] is None:
            negative[variable] = z3.Not(positive[variable])
        return negative[variable]

    for kind, output, inputs in problem.gates:
        terms = [term(literal) for literal in inputs]
        made = (z3.And if kind == "and" else z3.Or)(
            [*terms, z3.BoolVal(kind == "and", context)] if len(terms) < 2 else terms
        )
        (positive if output > 0 else negative)[abs(output)] = made
        if output < 0:
            positive[-output] = z3.Not(made)
    solver.add([z3.Or([z3.BoolVal(False, context), *map(term, clause)]) for clause in problem.clauses])
    found = set()
    for pair, literals in queries(problem):
        terms = [term(literal) for literal in literals]
        if push:
            solver.push()
            solver.add(terms)
            terms = []
        if solver.check(*terms) == z3.sat:
            found.add(pair)
        if push:
            solver.pop()
    return found


Z3_WAYS: dict[str, Callable[[Problem], Pairs]] = {
    "text": z3_text,
    "text, general": lambda problem: z3_text(problem, ""),
    "clauses": z3_dimacs,
    "clauses, bit-vectors": lambda problem: z3_dimacs(problem, "QF_BV"),
    "terms": z3_terms,
    "terms, push": lambda problem: z3_terms(problem, push=True),
    "terms, general": lambda problem: z3_terms(problem, ""),
    "terms, general, push": lambda problem: z3_terms(problem, "", push=True),
}


def cvc5_pairs(problem: Problem, how: str = "terms") -> Pairs:
    """The pairs of outcomes that there are, by cvc5. ``how`` is one of ``CVC5_WAYS``, of which the first is the fastest that we
    know; reading a text takes it longer, and so do clauses instead of gates.
    """
    return CVC5_WAYS[how](problem)


def cvc5_terms(problem: Problem, options: Sequence[tuple[str, str]] = (), *, push: bool = False) -> Pairs:
    """cvc5 by its Python API: gates as shared terms."""
    import cvc5  # type: ignore[import-untyped, unused-ignore]
    from cvc5 import Kind as Op

    manager = cvc5.TermManager()
    solver = cvc5.Solver(manager)
    solver.setOption("incremental", "true")
    for name, value in options:
        solver.setOption(name, value)
    solver.setLogic("QF_UF")
    boolean = manager.getBooleanSort()
    positive: list[Any] = [None] * (problem.variables + 1)
    negative: list[Any] = [None] * (problem.variables + 1)

    def term(literal: int) -> Any:
        variable = abs(literal)
        if positive[variable] is None:
            positive[variable] = manager.mkConst(boolean)
        if literal > 0:
            return positive[variable]
        if negative[variable] is None:
            negative[variable] = manager.mkTerm(Op.NOT, positive[variable])
        return negative[variable]

    def joined(op: Any, terms: list[Any], *, empty: bool) -> Any:
        if len(terms) > 1:
            return manager.mkTerm(op, *terms)
        return terms[0] if terms else manager.mkBoolean(empty)

    for kind, output, inputs in problem.gates:
        made = joined(Op.AND if kind == "and" else Op.OR, [term(literal) for literal in inputs], empty=kind == "and")
        (positive if output > 0 else negative)[abs(output)] = made
        if output < 0:
            positive[-output] = manager.mkTerm(Op.NOT, made)
    for clause in problem.clauses:
        solver.assertFormula(joined(Op.OR, [term(literal) for literal in clause], empty=False))
    found = set()
    for pair, literals in queries(problem):
        terms = [term(literal) for literal in literals]
        if push:
            solver.push()
            solver.assertFormula(joined(Op.AND, terms, empty=True))
        if (solver.checkSat() if push else solver.checkSatAssuming(*terms)).isSat():
            found.add(pair)
        if push:
            solver.pop()
    return found


CVC5_WAYS: dict[str, Callable[[Problem], Pairs]] = {
    "terms": cvc5_terms,
    "terms, push": lambda problem: cvc5_terms(problem, push=True),
    "terms, no simplification": lambda problem: cvc5_terms(problem, [("simplification", "none")]),
    "terms, cadical": lambda problem: cvc5_terms(problem, [("sat-solver", "cadical")]),
}


def pysat_pairs(problem: Problem, solver: str = "cadical195") -> Pairs:
    """The pairs of outcomes that there are, by python-sat on the same clauses: what the peers' answers are checked against."""
    from pysat.solvers import Solver

    with Solver(name=solver, bootstrap_with=[list(clause) for clause in as_clauses(problem)]) as engine:
        return {pair for pair, literals in queries(problem) if engine.solve(assumptions=literals)}
