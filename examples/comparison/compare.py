"""Ask every engine about the same six things to post, and print what each says.

    pip install -e '.[compare]'
    python examples/comparison/compare.py                                # the engines that are Python packages
    python examples/comparison/compare.py --cerbos CERBOS --opa FOLDER   # all of them, see docs/comparison.md

The policies are in the folders beside this file, the things to post in `actions.yaml`. An answer is `allow`, `revise`,
`ask` or `deny`; `deny?` is a "no" without a rule that gives a reason, `error` an error in place of a decision, and
`refused` a policy that does not load.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from itertools import combinations, product
from pathlib import Path
from typing import Any, TypeAlias

import casbin
import cedarpy
import regorus
import simpleeval
import yaml

import socialpolicy

HERE = Path(__file__).parent
STRICTNESS = ("allow", "revise", "ask", "deny")

Facts: TypeAlias = dict[str, dict[str, Any]]
Decide: TypeAlias = Callable[[Facts], str]
Answer: TypeAlias = dict[str, Any]
Ways: TypeAlias = Mapping[str, Callable[[Path], AbstractContextManager[Decide]]]


class RefusedError(Exception):
    """A policy that an engine does not take."""


@dataclass(frozen=True, slots=True)
class Case:
    """Something to post: all facts about it, and the one that is left out the second time."""

    id: str
    story: str
    facts: Facts
    without: str

    def with_less(self) -> Facts:
        """The facts but for the one that is left out."""
        group, name = self.without.split(".")
        facts = deepcopy(self.facts)
        del facts[group][name]
        return facts

    def with_null(self) -> Facts:
        """The facts, with `null` for that one."""
        group, name = self.without.split(".")
        facts = deepcopy(self.facts)
        facts[group][name] = None
        return facts


def cases() -> list[Case]:
    written = yaml.safe_load((HERE / "actions.yaml").read_text("utf-8"))
    return [
        Case(
            name,
            action["story"],
            {group: values | action.get("facts", {}).get(group, {}) for group, values in written["always"].items()},
            action["without"],
        )
        for name, action in written["actions"].items()
    ]


def strictest(outcomes: Iterable[str]) -> str:
    """The strictest of the outcomes that the rules of a "no" name; `deny?` if there is none."""
    return max(outcomes, key=STRICTNESS.index, default="deny?")


# -- the engines: each takes the folder with the policies, and gives a function that decides --------------------------


def ours(home: Path) -> Decide:
    try:
        policy = socialpolicy.load(home / "bakery.yaml")
    except socialpolicy.PolicyError as error:
        raise RefusedError from error

    def decide(facts: Facts) -> str:
        try:
            return policy.decide(facts).outcome.word
        except socialpolicy.ActionError:
            return "error"

    return decide


def rego(name: str, home: Path) -> Decide:
    """Rego in Regorus, which is not OPA but an interpreter of the same language in Rust."""
    engine = regorus.Engine()
    engine.add_policy_from_file(str(home / "opa" / f"{name}.rego"))

    def decide(facts: Facts) -> str:
        engine.set_input_json(json.dumps(facts))
        return str(json.loads(engine.eval_rule_as_json("data.bakery.outcome")))

    return decide


def opa(name: str, home: Path, *, folder: Path) -> Decide:
    """Rego in OPA's own engine, by way of the package `opa-golib-python-bindings` in that folder."""
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    from opa_bindings import OpaEngine

    engine = OpaEngine()
    engine.add_policy(f"{name}.rego", (home / "opa" / f"{name}.rego").read_text("utf-8"))
    return lambda facts: str(engine.eval_document("bakery.outcome", facts))


def cedar(name: str, home: Path, *, schema: bool = False, heed_errors: bool = False) -> Decide:
    """Cedar. With a schema, policies are validated, and requests that do not conform are refused."""
    text = (home / "cedar" / f"{name}.cedar").read_text("utf-8")
    shape = (home / "cedar" / f"{name}.cedarschema").read_text("utf-8") if schema else None
    if shape is not None and not cedarpy.validate_policies(text, shape):
        raise RefusedError
    written = json.loads(cedarpy.policies_to_json_str(text))["staticPolicies"].values()
    says = {policy["annotations"]["id"]: policy["annotations"].get("outcome", "allow") for policy in written}
    policies, parsed = cedarpy.PolicySet.from_str(text), shape and cedarpy.Schema.from_str(shape)

    def decide(facts: Facts) -> str:
        if name == "enumerated":
            facts = with_types(facts)
        account = {"uid": {"type": "Account", "id": "a"}, "attrs": facts["account"], "parents": []}
        request = {
            "principal": 'Person::"p"',
            "action": 'Action::"publish"',
            "resource": 'Account::"a"',
            "context": facts["content"] | facts["context"],
        }
        try:
            result = cedarpy.is_authorized(request, policies, [account], schema=parsed)
        except ValueError:  # the account does not conform to the schema
            return "error"
        if result.decision is cedarpy.Decision.NoDecision or (heed_errors and result.diagnostics.errors):
            return "error"
        if result.allowed:
            return "allow"
        return strictest(says[one] for one in result.diagnostics.id_annotations_by_reason.values())

    return decide


def cedar_partially(home: Path) -> Decide:
    """Cedar's partial evaluation, which is experimental: the caller marks each missing fact as unknown."""
    text = (home / "cedar" / "first.cedar").read_text("utf-8")
    written = json.loads(cedarpy.policies_to_json_str(text))["staticPolicies"]
    says = {name: policy["annotations"].get("outcome", "allow") for name, policy in written.items()}
    policies = cedarpy.PolicySet.from_str(text)

    def decide(facts: Facts) -> str:
        marked = {
            group: {name: {"__extn": {"fn": "unknown", "arg": name}} for name in names} | facts[group]
            for group, names in POOLS.items()
        }
        account = {"uid": {"type": "Account", "id": "a"}, "attrs": marked["account"], "parents": []}
        request = {
            "principal": 'Person::"p"',
            "action": 'Action::"publish"',
            "resource": 'Account::"a"',
            "context": marked["content"] | marked["context"],
        }
        try:
            result = cedarpy.is_authorized_partial(request, policies, [account])
        except ValueError:  # null
            return "error"
        if result.diagnostics.errors:
            return "error"
        if result.decision is cedarpy.Decision.NoDecision:
            return "ask"
        if result.allowed:
            return "allow"
        return strictest(says[one] for one in result.diagnostics.must_be_determining)

    return decide


TYPES = {
    "kind": "Kind",
    "classification": "Class",
    "topics": "Topic",
    "endorses": "Endorses",
    "connection": "Tie",
    "disclosure": "Disclosure",
    "approvals": "Approval",
}


def with_types(facts: Facts) -> Facts:
    """The facts with an entity for each value of an enumerated type."""

    def typed(name: str, value: Any) -> Any:
        if name not in TYPES or value is None:
            return value
        if isinstance(value, list):
            return [typed(name, one) for one in value]
        return {"type": TYPES[name], "id": value}

    return {group: {name: typed(name, value) for name, value in values.items()} for group, values in facts.items()}


def in_casbin(name: str, home: Path) -> Decide:
    logging.getLogger("casbin").setLevel(logging.ERROR)  # it warns of every "no"
    enforcer = casbin.Enforcer(str(home / "casbin" / "model.conf"), str(home / "casbin" / f"{name}.csv"))

    def decide(facts: Facts) -> str:
        try:
            allowed, rule = enforcer.enforce_ex(facts["account"], facts["content"], facts["context"])
        except (simpleeval.InvalidExpression, RuntimeError, TypeError):
            return "error"
        return "allow" if allowed else strictest(rule[3:])

    return decide


@contextmanager
def cerbos(home: Path, *, program: Path, settings: tuple[str, ...] = ()) -> Iterator[Decide]:
    """Cerbos, while the block runs."""
    with cerbos_server(home, program=program, settings=settings) as answer:
        yield lambda facts: word(answer(facts))


@contextmanager
def cerbos_server(home: Path, *, program: Path, settings: tuple[str, ...] = ()) -> Iterator[Callable[[Facts], Answer]]:
    """A Cerbos server on this machine while the block runs; it sends nothing anywhere else."""
    http, grpc = (f"127.0.0.1:{port}" for port in free_ports())
    sets = [
        f"server.httpListenAddr={http}",
        f"server.grpcListenAddr={grpc}",
        f"storage.disk.directory={home / 'cerbos'}",
        "telemetry.disabled=true",
        *settings,
    ]
    command = [str(program), "server", "--log-level=error", *(f"--set={one}" for one in sets)]
    quiet, environment = subprocess.DEVNULL, {**os.environ, "CERBOS_NO_TELEMETRY": "1"}
    with subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet) as server:
        try:
            wait_for(f"http://{http}/_cerbos/health", server)
            yield partial(asked, f"http://{http}/api/check/resources")
        finally:
            server.terminate()


def asked(url: str, facts: Facts) -> Answer:
    """What Cerbos answers."""
    resource = {"kind": "post", "id": "p", "attr": facts}
    question = {
        "principal": {"id": "p", "roles": ["person"]},
        "resources": [{"resource": resource, "actions": ["publish"]}],
    }
    request = urllib.request.Request(url, json.dumps(question).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as response:
        result: Answer
        [result] = json.load(response)["results"]
        return result


def word(result: Answer) -> str:
    """The outcome in an answer of Cerbos; for a "no", the strictest that its rules put out."""
    if result.get("validationErrors"):
        return "error"
    if result["actions"]["publish"] == "EFFECT_ALLOW":
        return "allow"
    return strictest(output["val"] for output in result.get("outputs", ()))


def free_ports() -> list[int]:
    """Two ports of this machine that nobody listens on."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(2)]
        return [one.getsockname()[1] for one in sockets]


def wait_for(url: str, server: subprocess.Popen[bytes], *, seconds: float = 60) -> None:
    """Wait until the server answers; raise TimeoutError if it does not."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise TimeoutError(f"Cerbos did not start: exit status {server.poll()}.")


def ways(*, program: Path | None = None, folder: Path | None = None) -> Ways:
    """All ways to ask, by name: each engine as first written, then with care, then this project."""

    def python(load: Callable[[Path], Decide]) -> Callable[[Path], AbstractContextManager[Decide]]:
        return lambda home: nullcontext(load(home))

    def rego_(name: str) -> Callable[[Path], AbstractContextManager[Decide]]:
        return python(partial(opa, name, folder=folder) if folder else partial(rego, name))

    def cerbos_(*settings: str) -> Callable[[Path], AbstractContextManager[Decide]]:
        return partial(cerbos, program=program or Path(), settings=settings)

    found = {
        "OPA": rego_("first"),
        "Cedar": python(partial(cedar, "first")),
        "Cerbos": cerbos_(),
        "Casbin": python(partial(in_casbin, "first")),
        "OPA, `not` everywhere": rego_("negated"),
        "OPA, each rule twice": rego_("twice"),
        "Cedar, errors heeded": python(partial(cedar, "first", heed_errors=True)),
        "Cedar, `has`": python(partial(cedar, "has", schema=True)),
        "Cedar, schema": python(partial(cedar, "enumerated", schema=True)),
        "Cedar, partial": python(cedar_partially),
        "Cerbos, strict": cerbos_("engine.strictEvaluation=true"),
        "Cerbos, schema": cerbos_("schema.enforcement=reject"),
        "Casbin, allow list": python(partial(in_casbin, "allow_list")),
        "socialpolicy": python(ours),
    }
    return {name: way for name, way in found.items() if program or not name.startswith("Cerbos")}


# -- the tables -------------------------------------------------------------------------------------------------------


def known(decide: Decide) -> list[str]:
    return [decide(case.facts) for case in cases()]


def left_out(decide: Decide) -> list[str]:
    return [decide(case.with_less()) for case in cases()]


def null(decide: Decide) -> list[str]:
    return [decide(case.with_null()) for case in cases()]


POOLS: Facts = {
    "account": {"kind": ("personal", "official")},
    "content": {
        "classification": ("public", "trade_secret"),
        "topics": (["culture"], ["financials"]),
        "endorses": ("none", "company"),
        "connection": ([], ["employment"]),
        "disclosure": ("none", "clear"),
        "shows_others": (False, True),
        "consent": (False, True),
    },
    "context": {"quiet_period": (False, True), "approvals": ([], ["comms"])},
}


def tally(decide: Decide) -> list[str]:
    """How often something is let through that is not fine, and how often something is held back that surely is fine.

    One or two facts are left out of the six, in every way. It surely is fine if it is with all values that they may have.
    """
    fine, *others = cases()
    not_fine = [less for case in others for less in with_gaps(case.facts)]
    surely = [less for less in with_gaps(fine.facts) if all(judge(full) == "allow" for full in completions(less))]
    through = sum(decide(facts) == "allow" for facts in not_fine)
    back = sum(decide(facts) != "allow" for facts in surely)
    return [f"{through} of {len(not_fine)}", f"{back} of {len(surely)}"]


def with_gaps(facts: Facts) -> Iterator[Facts]:
    """The facts with one or two left out, in every way."""
    names = [(group, name) for group, values in POOLS.items() for name in values]
    for gaps in [*combinations(names, 1), *combinations(names, 2)]:
        yield {
            group: {name: value for name, value in values.items() if (group, name) not in gaps}
            for group, values in facts.items()
        }


def completions(facts: Facts) -> Iterator[Facts]:
    """The facts with each value that the missing ones may have."""
    gaps = [(group, name) for group, values in POOLS.items() for name in values if name not in facts[group]]
    for values in product(*(POOLS[group][name] for group, name in gaps)):
        full = deepcopy(facts)
        for (group, name), value in zip(gaps, values, strict=True):
            full[group][name] = value
        yield full


def judge(facts: Facts) -> str:
    """The rules in Python, for an action of which everything is known: who else is to say what is right?"""
    account, content, context = facts["account"], facts["content"], facts["context"]
    outcomes = ["allow"]
    if account["kind"] == "official" and "comms" not in context["approvals"]:
        outcomes.append("ask")
    if content["classification"] != "public" or ("financials" in content["topics"] and context["quiet_period"]):
        outcomes.append("deny")
    praises = content["endorses"] == "company" and "employment" in content["connection"]
    if (praises and content["disclosure"] != "clear") or (content["shows_others"] and not content["consent"]):
        outcomes.append("revise")
    return strictest(outcomes)


FACT, VALUE = ("quiet_period", "quite_period"), ("financials", "finacials")


def misspelt(way: Callable[[Path], AbstractContextManager[Decide]]) -> list[str]:
    """What comes of the figures in the quiet weeks: a fact, or a value, misspelt in the policy, then in the request."""
    [figures] = [case.facts for case in cases() if case.id == "figures"]
    answers = []
    for wrong in (FACT, VALUE):
        with tempfile.TemporaryDirectory() as folder:
            try:
                with way(misspelt_policies(Path(folder), *wrong)) as decide:
                    answers.append(decide(figures))
            except RefusedError:
                answers.append("refused")
    with way(HERE) as decide:
        answers += [decide(json.loads(json.dumps(figures).replace(*wrong))) for wrong in (FACT, VALUE)]
    return answers


def misspelt_policies(folder: Path, right: str, wrong: str) -> Path:
    """A copy of the policies, not of their schemas, with a word misspelt."""
    shutil.copytree(HERE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    for file in folder.rglob("*"):
        if file.suffix in {".rego", ".cedar", ".csv", ".yaml"}:
            file.write_text(file.read_text("utf-8").replace(right, wrong), "utf-8")
    return folder


def tables(found: Ways) -> dict[str, list[str]]:
    """The tables as lines of Markdown, by name."""
    with ExitStack() as stack:
        decides = {name: stack.enter_context(way(HERE)) for name, way in found.items()}
        ids = [case.id for case in cases()]
        counts = ["not fine, yet let through", "surely fine, yet held back"]
        places = ["fact in the policy", "value in the policy", "fact in the request", "value in the request"]
        return {
            "known": table(ids, {name: known(decide) for name, decide in decides.items()}),
            "left out": table(ids, {name: left_out(decide) for name, decide in decides.items()}),
            "null": table(ids, {name: null(decide) for name, decide in decides.items()}),
            "tally": table(counts, {name: tally(decide) for name, decide in decides.items()}),
            "misspelt": table(places, {name: misspelt(way) for name, way in found.items()}),
        }


def table(columns: Iterable[str], rows: Mapping[str, list[str]]) -> list[str]:
    cells = [["", *columns], *([name, *answers] for name, answers in rows.items())]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [" | ".join(map(str.ljust, row, widths)) for row in cells]
    return [f"| {line} |" for line in [lines[0], " | ".join("-" * width for width in widths), *lines[1:]]]


def main() -> None:
    parser = argparse.ArgumentParser(description="What each engine says of the same six things to post.")
    parser.add_argument("--cerbos", type=Path, help="the Cerbos program")
    parser.add_argument("--opa", type=Path, help="the folder that opa_bindings is in; Regorus stands in without it")
    options = parser.parse_args()
    for name, lines in tables(ways(program=options.cerbos, folder=options.opa)).items():
        print(f"{name}:", "", *lines, "", sep="\n")


if __name__ == "__main__":
    main()
