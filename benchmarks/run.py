"""Print what decisions, input, loading and starting cost, each beside what it is to be compared with.

    python benchmarks/run.py                    everything, a few minutes
    python benchmarks/run.py decisions growth   some sections

All figures are CPU time. What is compared takes turns in one run, and goals are ratios of such figures: the seconds
themselves belong to one machine and one hour. Before anything is measured, all engines are checked to decide alike.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

import analysing
import hand_written
import input_models
import socialpolicy
import workload
from acme import examples, random_facts
from large_file import large_file
from peers import PEERS, Decide, cedar, datalogic
from socialpolicy.comparing import compare
from socialpolicy.completing import complete
from socialpolicy.interpret import interpret
from socialpolicy.values import Facts
from solvers import cvc5_pairs, pysat_pairs, z3_pairs
from spec import RULES
from timing import Goal, at_least, at_most, children_clock, per_call, process, show, show_goals, take_turns

BRIGHTLINE = Path(__file__).parent.parent / "policies" / "brightline" / "policy.yaml"
ACME = Path(__file__).parent.parent / "policies" / "acme"
ACTIONS = workload.actions()
OURS, OURS_OUTCOME = "socialpolicy, decision", "socialpolicy, outcome only"
H, F = "H: written by hand, all rules", "F: written by hand, outcome only"
REFERENCE = "the reference, interpret"


@cache
def benchmark_policy() -> socialpolicy.Policy:
    return socialpolicy.loads(json.dumps(workload.policy()))


@cache
def acme_policy() -> socialpolicy.Policy:
    return socialpolicy.load(ACME)


@cache
def peers() -> dict[str, tuple[Decide, float]]:
    """The engines that are installed, ready to decide, and the milliseconds that took."""
    ready = {}
    for peer in PEERS:
        if peer.version:
            began = time.process_time()
            ready[peer.name] = peer.load(RULES), (time.process_time() - began) * 1e3
    return ready


# --- do all decide alike? --------------------------------------------------------------------------------------------


def agreement() -> bool:
    """Compare all engines with the slow evaluator, and what we compile with the reference: do they agree?"""
    policy = benchmark_policy()
    expected = [workload.naive(RULES, facts) for facts in ACTIONS]
    outcomes = [outcome for outcome, _ in expected]
    rules = [counting for _, counting in expected]

    def decided(facts: workload.Facts) -> workload.Answer:
        decision = policy.compiled.decide(facts)
        return decision.outcome.word, frozenset(decision.because)

    def referred(facts: workload.Facts) -> workload.Answer:
        decision = interpret(policy.program, facts)
        return decision.outcome.word, frozenset(decision.because)

    def by_hand(facts: workload.Facts) -> workload.Answer:
        outcome, found = hand_written.decide(facts)
        return outcome, frozenset(found)

    rows = [
        compared("written by hand, outcome and rules", map(by_hand, ACTIONS), expected),
        compared("written by hand, outcome only", map(hand_written.outcome, ACTIONS), outcomes),
        compared("socialpolicy, outcome and rules", map(decided, ACTIONS), expected),
        compared("socialpolicy, outcome only", (policy.compiled.outcome(facts).word for facts in ACTIONS), outcomes),
        compared(REFERENCE, map(referred, ACTIONS), expected),
    ]
    for peer in PEERS:
        if peer.name in peers():
            decide, _ = peers()[peer.name]
            rows.append(compared(peer.name, (frozenset(decide(facts)) for facts in ACTIONS), rules))
        else:
            rows.append((f"{peer.name}: not installed", "-", "-"))
    chance = random.Random(2)
    for share in (0.05, 0.2, 0.5):
        partly = [workload.without_some(facts, share, chance) for facts in ACTIONS]
        rows.append(with_reference(f"compiled and interpret, {share:.0%} of the facts missing", policy, partly))
    shipped = acme_policy()
    for share in (0.0, 0.2, 0.8):
        drawn = list(random_facts(shipped.vocabulary, 300, missing=share))
        rows.append(with_reference(f"the same on policies/acme, {share:.0%} missing", shipped, drawn))
    stated = [facts for facts, _ in examples(shipped, ACME)]
    rows.append(with_reference("the same on the worked examples of policies/acme", shipped, stated))
    show("Do all decide alike?", ("", "actions", "differences"), rows)
    return all(differences in ("0", "-") for _, _, differences in rows)


def compared(name: str, found: Iterator[object], expected: Sequence[object]) -> tuple[str, str, str]:
    differences = sum(one != other for one, other in zip(found, expected, strict=True))
    return name, str(len(expected)), str(differences)


def with_reference(name: str, policy: socialpolicy.Policy, actions: Sequence[Facts]) -> tuple[str, str, str]:
    """All of both decisions is compared: bounds, lists, and the facts that are missing."""
    expected = [(decision, decision.outcome) for decision in (interpret(policy.program, facts) for facts in actions)]
    found = ((policy.compiled.decide(facts), policy.compiled.outcome(facts)) for facts in actions)
    return compared(name, found, expected)


# --- the sections ----------------------------------------------------------------------------------------------------


def decisions(repeats: int) -> list[Goal]:
    """One decision on sixty rules."""
    policy = benchmark_policy()
    entries: dict[str, Callable[[Any], object]] = {
        OURS: policy.compiled.decide,
        OURS_OUTCOME: policy.compiled.outcome,
        H: hand_written.decide,
        F: hand_written.outcome,
        **{name: decide for name, (decide, _) in peers().items()},
    }
    taken = per_call({name: (decide, ACTIONS) for name, decide in entries.items()}, repeats=repeats)
    taken |= per_call({REFERENCE: (partial(interpret, policy.program), ACTIONS[:100])}, repeats=repeats)
    rows = [
        (name, f"{taken[name]:.2f}", f"{taken[name] / taken[H]:.2f}", "", "nothing")
        for name in (OURS_OUTCOME, OURS, F, H, REFERENCE)
    ]
    for peer in PEERS:
        if peer.name in peers():
            _, setup = peers()[peer.name]
            figures = f"{taken[peer.name]:.2f}", f"{taken[peer.name] / taken[H]:.2f}", f"{setup:.0f}", peer.conversion
            rows.append((f"{peer.name} {peer.version}", *figures))
        else:
            rows.append((f"{peer.name}: not installed", "-", "-", "-", "-"))
    show("One decision, 60 rules, 26 facts", ("", "us", "x H", "setup ms", "conversion in the figure"), rows)
    goals = [
        at_most("decision : H", taken[OURS] / taken[H], 0.6),
        at_most("outcome only : F", taken[OURS_OUTCOME] / taken[F], 1.0),
    ]
    return goals + [
        at_least(f"{peer.name} : decision", taken[peer.name] / taken[OURS], peer.goal)
        for peer in PEERS
        if peer.name in taken
    ]


def acme(repeats: int) -> list[Goal]:
    """One decision on the shipped policy, against the reference."""
    policy = acme_policy()
    facts = [whole for _, whole in examples(policy, ACME)]
    taken = per_call(
        {
            OURS: (policy.compiled.decide, facts),
            OURS_OUTCOME: (policy.compiled.outcome, facts),
            REFERENCE: (partial(interpret, policy.program), facts),
        },
        repeats=repeats,
    )
    rows = [(name, f"{us:.2f}", f"{us / taken[OURS]:.2f}") for name, us in taken.items()]
    show(f"One decision, policies/acme, {len(policy.rules)} rules", ("", "us", "x decision"), rows)
    return []


def growth(repeats: int) -> list[Goal]:
    """Ever more rules, ten of them for any one brand."""
    sizes = (10, 100, 1000, 10_000)
    prepared: dict[int, tuple[float, ...]] = {}
    entries: dict[str, tuple[Callable[[Any], object], Sequence[Any]]] = {}
    for size in sizes:
        rules = workload.brand_rules(size)
        text = json.dumps(workload.policy(rules, brands=size // 10))
        one, all_brands = workload.actions(brands=1), workload.actions(brands=size // 10)
        gc.collect()
        clock = [time.process_time()]
        policy = socialpolicy.loads(text)
        clock.append(time.process_time())
        decide = policy.compiled.decide
        clock.append(time.process_time())
        decide(one[0])
        clock.append(time.process_time())
        prepared[size] = tuple((after - before) * 1e3 for before, after in pairwise(clock))
        entries[f"one brand {size}"] = decide, one
        entries[f"all brands {size}"] = decide, all_brands
        for peer in PEERS:
            if peer.version and peer.load in (cedar, datalogic) and size <= 1000:
                entries[f"{peer.name} {size}"] = peer.load(rules), one[:50]
    taken = per_call(entries, repeats=repeats)
    columns = list(dict.fromkeys(name.rpartition(" ")[0] for name in entries))
    show(
        "Growth, ten rules for each brand: ms to prepare, us for a decision",
        ("rules", "load", "compile", "first", *columns),
        [
            (
                str(size),
                *(f"{ms:.1f}" for ms in prepared[size]),
                *(f"{taken[entry]:.2f}" if (entry := f"{column} {size}") in taken else "-" for column in columns),
            )
            for size in sizes
        ],
    )
    return [
        at_most(f"10,000 rules : 10 rules, actions of {brands}", taken[f"{brands} 10000"] / taken[f"{brands} 10"], 1.3)
        for brands in ("one brand", "all brands")
    ]


def missing(repeats: int) -> list[Goal]:
    """Facts left out."""
    policy = benchmark_policy()
    chance = random.Random(3)
    entries: dict[str, tuple[Callable[[Any], object], Sequence[Any]]] = {
        f"60 rules, {share:.0%} missing": (
            policy.compiled.decide,
            [workload.without_some(facts, share, chance) for facts in ACTIONS],
        )
        for share in (0.0, 0.05, 0.2, 0.5)
    }
    stated, whole = zip(*examples(acme_policy(), ACME), strict=True)
    completed = [complete(acme_policy().vocabulary, facts) for facts in stated]
    entries["acme, examples with all facts"] = (acme_policy().compiled.decide, whole)
    entries["acme, only the facts they state"] = (acme_policy().compiled.decide, stated)
    entries["acme, the same completed before"] = (acme_policy().compiled.decide, completed)
    taken = per_call(entries, repeats=repeats)
    complete_ones = {"acme": "acme, examples with all facts", "60 r": "60 rules, 0% missing"}
    bases = {name: taken[complete_ones[name[:4]]] for name in taken}
    show(
        "Facts missing",
        ("", "us", "x complete"),
        [(name, f"{us:.2f}", f"{us / bases[name]:.2f}") for name, us in taken.items()],
    )
    return [
        at_most(f"{name} : complete", taken[name] / bases[name], 3)
        for name in ("60 rules, 20% missing", "acme, only the facts they state")
    ]


def checking(repeats: int) -> list[Goal]:
    """Facts as they come from JSON, checked against the vocabulary."""
    policy = benchmark_policy()
    flat = [workload.plain(facts) for facts in ACTIONS]
    nested = [input_models.nested(facts) for facts in flat]
    flat_model, nested_model = input_models.flat_model(), input_models.nested_model()
    taken = per_call(
        {
            "Action.from_dict, flat": (partial(from_dict, policy), flat),
            "Action.from_dict, nested": (partial(from_dict, policy), nested),
            "policy.action, flat": (policy.action, flat),
            "policy.action, nested": (policy.action, nested),
            "pydantic, flat": (flat_model.model_validate, flat),
            "pydantic, nested": (nested_model.model_validate, nested),
            "policy.decide, flat: checked, completed, decided": (policy.decide, flat),
            H: (hand_written.decide, ACTIONS),
        },
        repeats=repeats,
    )
    show("Checked input, 26 facts", ("", "us"), [(name, f"{us:.2f}") for name, us in taken.items()])
    return [
        at_most(f"{ours}, {shape} : pydantic", taken[f"{ours}, {shape}"] / taken[f"pydantic, {shape}"], 0.5)
        for ours in ("Action.from_dict", "policy.action")
        for shape in ("flat", "nested")
    ]


def from_dict(policy: socialpolicy.Policy, facts: dict[str, Any]) -> socialpolicy.Action:
    return socialpolicy.Action.from_dict(facts, policy.checker)


def loading(repeats: int) -> list[Goal]:
    """Ten thousand rules from YAML, with the place of everything."""
    text = large_file()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "policy.yaml"
        path.write_text(text, encoding="utf-8")

        def events() -> None:
            with path.open("rb") as stream:
                for _ in yaml.parse(stream, Loader=yaml.CSafeLoader):
                    pass

        taken = take_turns({"load": lambda: socialpolicy.load(path), "events": events}, repeats=repeats)
    show(
        f"Loading 10,000 rules, {len(text) / 1e6:.1f} MB",
        ("", "s"),
        [
            ("socialpolicy.load: read, checked, lowered", f"{taken['load']:.2f}"),
            ("PyYAML's C events, drained", f"{taken['events']:.2f}"),
        ],
    )
    return [at_most("load : events", taken["load"] / taken["events"], 6)]


def processes(repeats: int) -> list[Goal]:
    """What a command costs from its start to its end."""
    command = "import sys; from socialpolicy.cli.main import main; sys.exit(main())"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small, whole = copies(folder / "small", bakery()), copies(folder / "whole", BRIGHTLINE.read_text("utf-8"))
        pydantic_yaml, click_alone = 'python -c "import pydantic, yaml"', 'python -c "import click"'
        usage = "socialpolicy --help"
        releases = [str(ACME / "releases" / f"{version}.yaml") for version in ("2.1.0", "3.0.0")]
        shipped = str(ACME.parent)
        commands = {
            "validate, the policy of the README": (["validate", str(small / "p0" / "policy.yaml")], 4.5),
            "validate, brightline on two packs": (["validate", str(whole / "p0" / "policy.yaml")], 4.5),
            "validate, acme on five packs": (["validate", str(ACME / "policy.yaml")], 4.5),
            "validate, 100 files as that of the README": (["validate", str(small)], 15),
            "validate, 100 files as brightline's": (["validate", str(whole)], 15),
            "diff acme 2.1.0 3.0.0": (["diff", *releases], 8),
            "diff of all shipped policies with themselves": (["diff", shipped, shipped], None),
        }
        python = partial(process, "-c", bytecode=str(folder / "bytecode"))
        taken = take_turns(
            {
                "python -c pass": python("pass"),
                click_alone: python("import click"),
                usage: python(command, "--help"),
                pydantic_yaml: python("import pydantic, yaml"),
                **{label: python(command, *arguments) for label, (arguments, _) in commands.items()},
            },
            repeats=repeats,
            clock=children_clock,
        )
    base = taken[pydantic_yaml]
    rows = [(label, f"{seconds * 1e3:.0f}", f"{seconds / base:.1f}") for label, seconds in taken.items()]
    show("Processes", ("", "ms", f": {pydantic_yaml}"), rows)
    return [
        *(
            at_most(f"{label} : import pydantic, yaml", taken[label] / base, goal)
            for label, (_, goal) in commands.items()
            if goal is not None
        ),
        at_most(f"{usage} : import click", taken[usage] / taken[click_alone], 3),
    ]


def copies(folder: Path, text: str) -> Path:
    """A folder with a hundred policies that differ in their ids alone, and the packs that they build on."""
    for number in range(100):
        home = folder / f"p{number}"
        home.mkdir(parents=True)
        (home / "policy.yaml").write_text(re.sub(r"(?m)^id: .*$", f"id: p{number}", text, count=1), encoding="utf-8")
    return folder


def bakery() -> str:
    """The policy in the README."""
    readme = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
    found = re.search(r"<!-- file: bakery.yaml -->\n```yaml\n(.*?)```", readme, re.DOTALL)
    assert found is not None
    return found[1]


def analysis(repeats: int) -> list[Goal]:
    """What the exact analysis costs: the same question to three solvers, and how our own answers grow with the rules."""
    goals: list[Goal] = []
    rows = []
    for kind in analysing.SETS:
        for rules in (300, 1_000, 5_000):
            old, new = analysing.pair(kind, rules)
            question = analysing.problem(old, new)
            entries = {
                "ours": lambda question=question: pysat_pairs(question),
                "z3": lambda question=question: z3_pairs(question),
                "cvc5": lambda question=question: cvc5_pairs(question),
                "whole": lambda old=old, new=new: analysing.verdict(old, new),
            }
            if len({frozenset(entry()) for entry in entries.values()}) != 1:
                raise SystemExit(f"{kind}, {rules:,} rules: the solvers do not agree.")
            taken = take_turns(entries, repeats=min(repeats, 3))
            told = "" if rules > 1_000 else len(compare(old, analysing.one_rule_edited(old)).statements)
            rows.append((f"{kind}, {rules:,} rules", *(f"{taken[name] * 1e3:.0f}" for name in entries), str(told)))
            if rules <= 1_000:
                name = f"verdict, {kind}, {rules:,} rules"
                goals.append(at_least(f"{name}: z3 (given as text) : python-sat", taken["z3"] / taken["ours"], 5))
                goals.append(at_least(f"{name}: cvc5 : python-sat", taken["cvc5"] / taken["ours"], 3))
    heads = (
        "an edit: which outcome becomes which",
        "python-sat",
        "z3",
        "cvc5",
        "ours, with partition and circuit",
        "one rule: statements",
    )
    show("Exact verdicts, ms", heads, rows)
    rows = []
    for rules in (300, 1_000, 5_000):
        with tempfile.TemporaryDirectory() as folder:
            before, after = Path(folder) / "before.yaml", Path(folder) / "after.yaml"
            text = large_file(rules)
            before.write_text(text, encoding="utf-8")
            after.write_text(text.replace("baseline: allow", "baseline: deny"), encoding="utf-8")
            policies = [socialpolicy.load(path) for path in (before, after)]
            loading = analysing.seconds(partial(socialpolicy.load, before), 1) * 2
            diffing = analysing.seconds(partial(socialpolicy.diff, *policies), 1)
        rows.append((f"{rules:,} rules", f"{loading:.2f}", f"{diffing:.2f}"))
        if rules > 300:
            goals.append(
                at_most(f"diff of {rules:,} rules with loading, s", loading + diffing, 2 if rules == 1_000 else 10)
            )
    show("A whole diff, s", ("policies that differ in their baseline", "load both", "diff"), rows)
    program = analysing.pair("structured", 1_000)[0]
    proof = analysing.claimed(program, 200)
    results = socialpolicy.prove(proof)
    held = replace(proof, guarantees=tuple(one.guarantee for one in results.results if one.status == "holds"))
    rows = [
        (
            "200 drawn at random, most of them false: each with its counterexample",
            f"{analysing.seconds(lambda: socialpolicy.prove(proof), 1):.2f}",
        ),
        (
            f"the {len(held.guarantees)} of them that hold",
            f"{analysing.seconds(lambda: socialpolicy.prove(held), 1):.2f}",
        ),
    ]
    show("Guarantees on 1,000 rules, s", ("", "s"), rows)
    goals.append(at_most("200 guarantees on 1,000 rules, s", float(rows[0][1]), 0.5))
    rows = []
    for kind in analysing.SETS:
        taken_ms = analysing.asking(analysing.pair(kind, 300)[0])
        rows.append((f"{kind}, 300 rules", f"{taken_ms[0]:.1f}", f"{taken_ms[1]:.1f}"))
        goals.append(at_most(f"relevant facts of one action, {kind}, 300 rules, median ms", taken_ms[0], 10))
    show("Relevant facts of one action, warm, ms", ("half of the facts known", "median", "95th of 100"), rows)
    return goals


SECTIONS = {
    "analysis": analysis,
    "decisions": decisions,
    "acme": acme,
    "growth": growth,
    "missing": missing,
    "checking": checking,
    "loading": loading,
    "processes": processes,
}


def main() -> int:
    parser = argparse.ArgumentParser(description="What socialpolicy costs, in ratios.")
    parser.add_argument("sections", nargs="*", metavar="section", help=f"of: {', '.join(SECTIONS)} (all)")
    parser.add_argument("--repeats", type=int, default=7, help="turns of each entry, of which the median counts (7)")
    arguments = parser.parse_args()
    if unknown := set(arguments.sections) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    if not agreement():
        print("\nThey do not all decide alike: what they cost says nothing.")
        return 1
    goals: list[Goal] = []
    for name in arguments.sections or SECTIONS:
        goals += SECTIONS[name](arguments.repeats)
    show_goals(goals)
    return 0


if __name__ == "__main__":
    sys.exit(main())
