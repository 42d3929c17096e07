"""Write the function that decides where some facts are not known: what surely is decided, and what may be.

The cases stand in the order of ``interpret``. Unknown facts that follow from others are filled in first; then every rule, and
every claim of one, adds its bit to what is ``sure`` or to what ``maybe`` is, and what is undetermined adds the facts that it
waits for to ``missing``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from socialpolicy.conditions import All, Any, Condition, Not, tested
from socialpolicy.dispatching import Candidate, parts
from socialpolicy.expressions import Slot, Writer
from socialpolicy.folding import folded
from socialpolicy.generating import (
    Filling,
    Source,
    compared_facts,
    counted_approvals,
    facts_tested,
    finished,
    header,
    overriding,
    writer,
)
from socialpolicy.interpret import SAYING
from socialpolicy.program import Effect, Outcome, Program, Rule, Start
from socialpolicy.vocabulary import Implication


def partly_source(
    program: Program,
    candidates: tuple[Candidate, ...],
    starts: tuple[Start, ...],
    filling: Filling,
    *,
    stated: frozenset[str] | None = None,
) -> Source:
    """The function that decides where some facts are not known.

    With ``stated`` it is for actions that state no other facts than these: what waits for others is settled beforehand.
    """
    write, facts = writer(program, candidates, starts, filling, partly=True)
    if stated is not None:
        write.absent = never_known(write, facts, filling, stated)
    approvals = program.vocabulary.approvals
    given = counted_approvals(candidates, starts)
    write.line(0, "def partly(facts):")
    write.line(1, "get = facts.get")
    write_filling(write, facts, filling.implications)
    for fact in facts:
        write.load(fact)
    first = len(write.lines)
    needed = overriding(candidates)
    for candidate in candidates:
        write_partly(write, candidate, needed)
    write_baseline_partly(write, starts)
    names = ("sure", "maybe", "missing", "opening", "opened")
    write.lines[first:first] = ["    " + "; ".join(f"{name} = {write.base[name]}" for name in names)]
    key = "sure, maybe, missing"
    if given is not None:
        known = (
            "None"
            if approvals in write.absent
            else f"None if {write.name(approvals)} is None else {write.name(approvals)} & {write.constant('SET', given)}"
        )
        key += f", {known}"
    write.line(1, f"return DECISIONS[{key}]")
    return finished(write, given)


def never_known(write: Writer, facts: Iterable[str], filling: Filling, stated: frozenset[str]) -> frozenset[str]:
    """The facts that are not known where no other facts are stated than these: neither stated, nor filled in."""
    known = set(stated) | set(filling.defaults)
    read = set(facts) | {
        fact for implication in filling.implications for fact in (*implication.then, *facts_tested(implication.given))
    }
    before = -1
    while before != len(known):
        before = len(known)
        write.absent = frozenset(read - known)
        for implication in filling.implications:
            if may_be_true(implication.given, write.absent):
                known |= set(implication.then)
    return frozenset(read - known)


def may_be_true(condition: Condition, absent: frozenset[str], *, wanted: bool = True) -> bool:
    """Whether a condition can be true (or false, if that is wanted) though these facts are not known."""
    match condition:
        case Not(part):
            return may_be_true(part, absent, wanted=not wanted)
        case All(inner) | Any(inner):
            every = all if isinstance(condition, All) is wanted else any
            return every(may_be_true(part, absent, wanted=wanted) for part in inner)
        case _:
            return absent.isdisjoint(tested(condition))


def write_filling(write: Writer, facts: Iterable[str], implications: tuple[Implication, ...]) -> None:
    """Fill unknown facts by the implications that can reach one of these facts."""
    implications = tuple(implication for implication in implications if may_be_true(implication.given, write.absent))
    needed, relevant = set(facts), set[int]()
    while True:
        found = {index for index, implication in enumerate(implications) if needed & set(implication.then)} - relevant
        if not found:
            break
        relevant |= found
        needed |= {fact for index in found for fact in facts_tested(implications[index].given)}
    chosen = [implications[index] for index in sorted(relevant)]
    write.comparisons |= {fact for implication in chosen for fact in compared_facts(implication.given)}
    write.collect(implication.given for implication in chosen)
    fillable = dict.fromkeys(fact for implication in chosen for fact in implication.then if fact in needed)
    for fact in fillable:
        write.line(1, f"{write.name(fact)}_raw = {write.read(fact)}")
    write.filled = set(fillable)
    for implication in chosen:
        for fact in dict.fromkeys(facts_tested(implication.given)):
            write.load(fact)
        write.line(1, f"if {folded(write.sure(implication.given))}:")
        for fact, value in implication.then.items():
            if fact in fillable:
                write.line(2, f"if {write.name(fact)}_raw is None:")
                shown = repr(value) if isinstance(value, bool | int) else write.constant("VALUE", value)
                write.line(3, f"{write.name(fact)}_raw = {shown}")
        write.line(2, "pass")
        write.loaded -= set(implication.then)  # what was derived from them before holds no longer


def write_partly(write: Writer, candidate: Candidate, needed: frozenset[str]) -> None:
    """One rule: where it surely applies, and where it may."""
    rule = candidate.rule
    others = [write.truths[other] for other in rule.overridden_by if other in write.truths]
    ordered = sorted(parts(candidate.when), key=write.cost)
    may = folded(
        " and ".join(
            [*(f"not {surely}" for surely, _, _ in others), *(write.grouped(part, write.may) for part in ordered)]
        )
        or "True"
    )
    sure = folded(
        " and ".join(
            [*(f"not {perhaps}" for _, perhaps, _ in others), *(write.grouped(part, write.sure) for part in ordered)]
        )
        or "True"
    )
    bit = write.bit(Slot(rule))
    own = write.waits(candidate.when)
    if others and own != "0":  # what is undetermined may be the others alone
        own = f"(({own}) if not {write.grouped(candidate.when, write.sure)} else 0)"
    waits = folded(" | ".join([own, *(waiting for _, _, waiting in others)]))
    claims = list(claims_partly(write, rule))
    mine = f"r{len(write.truths)}" if rule.id in needed else ""
    if mine:
        write.truths[rule.id] = (f"{mine}_s", f"{mine}_m", f"{mine}_w")
    write.line(1, header(candidate))
    if may == "False":
        if mine:
            write.truths[rule.id] = ("False", "False", "0")
        return
    if mine:
        if may == "True" and sure in ("True", "False") and (sure == "True" or waits.isdigit()):
            write.truths[rule.id] = (sure, "True", "0" if sure == "True" else waits)
            mine = ""
        else:
            write.line(1, f"{mine}_s = {mine}_m = False")
            write.line(1, f"{mine}_w = 0")
    depth = 1
    if may != "True":
        write.line(1, f"if {may}:")
        depth = 2
    if sure != "False":
        if sure != "True":
            write.line(depth, f"if {sure}:")
        write_sure(write, rule, bit, claims, mine, depth + (sure != "True"))
    if sure != "True":
        if sure != "False":
            write.line(depth, "else:")
        write_maybe(write, rule, bit, claims, mine, waits, depth + (sure != "False"))


def write_sure(
    write: Writer, rule: Rule, bit: int, claims: Iterable[tuple[str, str, int, str]], mine: str, depth: int
) -> None:
    """What follows where a rule surely applies."""
    add(write, depth, "sure", str(bit))
    if mine:
        write.line(depth, f"{mine}_s = {mine}_m = True")
    if rule.effect is Effect.ALLOW:
        add(write, depth, "opened", "1")
    for asks, unmet, asked_bit, waiting in claims:
        if asks == "False":
            continue
        inner = depth
        if asks != "True":
            write.line(depth, f"if {asks}:")
            inner += 1
        if unmet == "True":
            add(write, inner, "sure", str(asked_bit))
        elif unmet == "False":
            add(write, inner, "maybe", str(asked_bit))
            add(write, inner, "missing", waiting)
        else:
            write.line(inner, f"if {unmet}:")
            write.line(inner + 1, f"sure |= {asked_bit}")
            write.line(inner, "else:")
            write.line(inner + 1, f"maybe |= {asked_bit}")
            write.line(inner + 1, f"missing |= {waiting}")


def write_maybe(
    write: Writer, rule: Rule, bit: int, claims: Iterable[tuple[str, str, int, str]], mine: str, waits: str, depth: int
) -> None:
    """What follows where a rule may apply."""
    add(write, depth, "maybe", str(bit))
    name = waits
    if not waits.isdigit():
        name = "w"
        write.line(depth, f"w = {waits}")
    if mine:
        write.line(depth, f"{mine}_m = True")
        write.line(depth, f"{mine}_w = {name}")
    if rule.effect is Effect.ALLOW:
        add(write, depth, "opening", name)
    if rule.effect in SAYING or rule.duties or rule.hand_over:
        add(write, depth, "missing", name)
    for asks, _, asked_bit, waiting in claims:
        if asks == "False":
            continue
        inner = depth
        if asks != "True":
            write.line(depth, f"if {asks}:")
            inner += 1
        add(write, inner, "maybe", str(asked_bit))
        add(write, inner, "missing", folded(f"{name} | {waiting}"))


def add(write: Writer, depth: int, name: str, bits: str) -> None:
    """Add bits: beforehand, where they are the same whatever is known."""
    if depth == 1 and bits.isdigit():
        write.base[name] |= int(bits)
    else:
        write.line(depth, f"{name} |= {bits}")


def claims_partly(write: Writer, rule: Rule) -> Iterator[tuple[str, str, int, str]]:
    """For each claim of a rule: where it may count, where it surely does, its bit, and what it waits for."""
    asked: list[tuple[Condition, Condition, Slot]] = [
        (need.given, need.test, Slot(rule, need=index)) for index, need in enumerate(rule.needs)
    ]
    if rule.approval:
        asked.append((All(()), rule.approval.met, Slot(rule, approval=True)))
    for given, met, slot in asked:
        asks, unmet = write.may(Not(met)), write.sure(Not(met))
        waiting = write.waits(met)
        if given != All(()):
            asks = f"{write.grouped(given, write.may)} and {asks}"
            unmet = f"{write.grouped(given, write.sure)} and {unmet}"
            waiting = f"(({write.waits(given)}) if not {write.grouped(given, write.sure)} else 0) | {waiting}"
        yield folded(asks), folded(unmet), write.bit(slot), folded(f"({waiting})")


def write_baseline_partly(write: Writer, starts: tuple[Start, ...]) -> None:
    """What the baseline waits for, while nothing surely opens it."""
    restricting = [start for start in starts if start.outcome is not Outcome.ALLOW]
    if not restricting:
        return
    waits = ["opening"]
    if len(starts) > 1:
        fact = write.program.baseline.fact
        waits.append(str(write.unknown_bits.setdefault(fact, 1 << len(write.unknown_bits))))
    approvals = [start.approval.met for start in restricting if start.approval]
    for start in restricting:
        if start.approval:
            met, bit = start.approval.met, write.bit(Slot(start=start))
            write.line(1, "# the baseline")
            write.line(1, f"if {folded(f'not ({write.sure(met)})')}:")
            write.line(2, f"if {folded(write.may(met))}:")
            write.line(3, f"maybe |= {bit}")
            write.line(2, "else:")
            write.line(3, f"sure |= {bit}")
    waits += [
        folded(f"({write.waits(met)} if {write.may(met)} and not ({write.sure(met)}) else 0)") for met in approvals
    ]
    tests = ["not opened"]
    if len(approvals) == len(restricting):
        unmet = " or ".join(f"not ({write.sure(met)})" for met in approvals)
        tests.append(f"({unmet})")
    write.line(1, "# the baseline")
    write.line(1, f"if {folded(' and '.join(tests))}:")
    write.line(2, f"missing |= {folded(' | '.join(waits))}")
