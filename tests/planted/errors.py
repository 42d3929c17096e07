"""Errors planted on purpose, as data: what is written in place of what, what that breaks, and what has to notice.

A law is worth keeping when it catches one of these. Each is planted in a copy of the library, which passes without it.
"""

from __future__ import annotations

from dataclasses import dataclass

LAWS = "tests/laws/"
BUILDING = "tests/test_building.py::"


@dataclass(frozen=True, slots=True)
class Planted:
    """One error: in a file, what is right (it stands there once) becomes wrong; one of the tests has to fail."""

    name: str
    file: str
    right: str
    wrong: str
    breaks: str
    caught_by: tuple[str, ...]


def planted(name: str, file: str, right: str, wrong: str, breaks: str, *caught_by: str) -> Planted:
    """A planted error; the tests that have to catch it are named without their folder."""
    return Planted(
        name, file, right, wrong, breaks, tuple(LAWS + test if "/" not in test else test for test in caught_by)
    )


ERRORS = (
    # -- truth and conditions
    planted(
        "and-takes-the-strongest", "conditions.py",
        "            return min((holds(part, facts) for part in parts), default=Truth.TRUE)",
        "            return max((holds(part, facts) for part in parts), default=Truth.TRUE)",
        "A rule applies as soon as one of its conditions holds.",
        "test_kleene.py::test_and_and_or",
    ),
    planted(
        "not-of-unknown-is-true", "values.py",
        "        return Truth(2 - self)",
        "        return Truth.FALSE if self is Truth.TRUE else Truth.TRUE",
        "`unless` is granted while nobody knows whether it holds.",
        "test_kleene.py::test_not",
    ),
    planted(
        "unknown-is-false", "conditions.py",
        "                return Truth.UNKNOWN\n",
        "                return Truth.FALSE\n",
        "A rule about secrets is silent for as long as nobody says whether it is one.",
        "test_every_way_to_write_a_test.py::test_every_way_to_write_a_test",
    ),
    planted(
        "no-parts-is-unknown", "conditions.py",
        "for part in parts), default=Truth.FALSE)",
        "for part in parts), default=Truth.UNKNOWN)",
        "An empty `any` leaves a decision open for ever.",
        "test_kleene.py::test_of_no_parts",
    ),
    planted(
        "before-is-inclusive", "conditions.py",
        "(end is None or instant < end)",
        "(end is None or instant <= end)",
        "An embargo that ends at midnight still holds at midnight.",
        "test_every_way_to_write_a_test.py::test_instants_are_compared_as_instants",
    ),
    planted(
        "from-is-exclusive", "conditions.py",
        "(start is None or start <= instant)",
        "(start is None or start < instant)",
        "A rule in force from a day on misses its first instant.",
        "test_dates_include_both_days.py::test_dates_include_both_days",
    ),
    planted(
        "nothing-but-is-turned-round", "conditions.py",
        'return cast("frozenset[str]", value) <= values',
        'return cast("frozenset[str]", value) >= values',
        "`nothing_but: [public]` holds for what has public and secret topics.",
        "test_every_way_to_write_a_test.py::test_every_way_to_write_a_test",
    ),
    planted(
        "all-of-is-any-of", "conditions.py",
        "return len(values & cast(\"frozenset[str]\", value)) >= at_least",
        "return len(values & cast(\"frozenset[str]\", value)) >= 1",
        "Two approvals are asked for, and one will do.",
        "test_approvals_count.py::test_an_approval_is_met_by_so_many_different_ones",
    ),
    planted(
        "a-bound-is-left-out", "conditions.py",
        "(high is None or number <= high)",
        "(high is None or number < high)",
        "`at_most: 3` ends at 2.",
        "test_with_everything_known_it_is_plain_logic.py::test_with_everything_known_it_is_plain_logic",
    ),
    planted(
        "a-pattern-may-overlap", "conditions.py",
        "if len(text) < len(first) + len(last) or not",
        "if not",
        "`ab*ba` matches `aba`.",
        "test_matches.py::test_every_short_pattern_matches_as_the_slow_way_does",
    ),
    planted(
        "a-piece-is-found-twice", "conditions.py",
        "        at = found + len(piece)",
        "        at = found",
        "`*a*a` matches `a`-texts that have only one.",
        "test_matches.py::test_every_short_pattern_matches_as_the_slow_way_does",
    ),
    planted(
        "waits-for-what-is-settled", "conditions.py",
        "    if holds(condition, facts) is not Truth.UNKNOWN:\n        return frozenset()",
        "    if False:\n        return frozenset()",
        "People are asked what can no longer matter.",
        "test_kleene.py::test_a_condition_waits_for_unknown_facts_that_it_reads_and_only_while_it_is_unknown",
    ),
    # -- applying
    planted(
        "an-open-exception-is-refused", "interpret.py",
        "overridden = max((applies[other] for other in rule.overridden_by), default=Truth.FALSE)",
        "overridden = Truth.TRUE if any(applies[o] is Truth.TRUE for o in rule.overridden_by) else Truth.FALSE",
        "A rule surely applies although it may be set aside.",
        "test_what_overrides_must_apply.py::test_one_override_has_nine_rows",
    ),
    planted(
        "an-open-exception-is-granted", "interpret.py",
        "overridden = max((applies[other] for other in rule.overridden_by), default=Truth.FALSE)",
        "overridden = Truth.TRUE if any(applies[o] for o in rule.overridden_by) else Truth.FALSE",
        "A missing fact sets a prohibition aside.",
        "test_an_override_equals_an_unless.py",
    ),
    planted(
        "all-that-override-must-apply", "interpret.py",
        "overridden = max((applies[other] for other in rule.overridden_by), default=Truth.FALSE)",
        "overridden = min((applies[other] for other in rule.overridden_by), default=Truth.FALSE)",
        "Of two exceptions, either alone is worth nothing.",
        "test_an_override_equals_an_unless.py",
    ),
    planted(
        "ends-swapped-in-applying", "interpret.py",
        "applies[rule.id] = min(holds(rule.when, facts), overridden.negated())",
        "applies[rule.id] = max(holds(rule.when, facts), overridden.negated())",
        "Every rule applies that nothing overrides.",
        "test_a_false_rule_is_as_good_as_absent.py",
    ),
    planted(
        "what-is-overridden-still-overrides", "interpret.py",
        "overridden = max((applies[other] for other in rule.overridden_by), default=Truth.FALSE)",
        "overridden = max((holds(o.when, facts) for o in rules if o.id in rule.overridden_by), default=Truth.FALSE)",
        "A overrides B, B overrides C: where A applies, C stays away.",
        "test_what_overrides_must_apply.py::test_a_chain_of_overrides_brings_the_last_one_back",
    ),
    # -- what counts
    planted(
        "if-is-ignored", "interpret.py",
        "unmet = min(applies, holds(need.given, facts), holds(need.test, facts).negated())\n        yield",
        "unmet = min(applies, holds(need.test, facts).negated())\n        yield",
        "A text post is asked to repeat its label as people join the stream.",
        "tests/test_cases.py::test_case[needs-all-met]",
    ),
    planted(
        "a-need-is-met-when-unknown", "interpret.py",
        "holds(need.test, facts).negated())\n        yield",
        "Truth(2 * (holds(need.test, facts) is Truth.FALSE)))\n        yield",
        "A disclosure that nobody has stated counts as made.",
        "test_new_facts_stay_within_the_bounds.py::test_new_facts_stay_within_the_bounds",
    ),
    planted(
        "approval-lifts-a-deny", "interpret.py",
        "        yield Claim(applies, Outcome.DENY, Denial(rule.id, rule.say, rule.instead))",
        '        legal = "ann" in (facts.get(program.vocabulary.approvals) or ())\n'
        "        yield Claim(Truth.FALSE if legal else applies, Outcome.DENY, Denial(rule.id, rule.say, rule.instead))",
        "Whoever has Ann's approval may do what is forbidden.",
        "test_being_approved_never_makes_it_stricter.py::test_no_approval_lifts_a_denial",
    ),
    planted(
        "approved-rules-stop-applying", "interpret.py",
        "        applies[rule.id] = min(holds(rule.when, facts), overridden.negated())",
        "        open_ = holds(rule.approval.met, facts).negated() if rule.approval else Truth.TRUE\n"
        "        applies[rule.id] = min(holds(rule.when, facts), overridden.negated(), open_)",
        "What Ann approves becomes forbidden: her approval brings back the rule that was set aside.",
        "test_being_approved_never_makes_it_stricter.py::test_being_approved_never_makes_a_decision_stricter",
    ),
    planted(
        "right-rules-stop-applying", "interpret.py",
        "        applies[rule.id] = min(holds(rule.when, facts), overridden.negated())",
        "        met = min((holds(need.test, facts) for need in rule.needs), default=Truth.FALSE)\n"
        "        applies[rule.id] = min(holds(rule.when, facts), overridden.negated(), met.negated())",
        "Whoever puts it right is denied by the rule that was set aside.",
        "test_being_put_right_never_makes_it_stricter.py",
    ),
    planted(
        "approvals-off-by-one", "interpret.py",
        "max(approval.at_least - counted, 0)",
        "max(approval.at_least - counted - 1, 0)",
        "A decision names fewer approvals than are needed.",
        "test_approvals_count.py::test_what_has_been_approved_is_not_asked_for_again",
    ),
    planted(
        "two-contacts-count-twice", "interpret.py",
        "    counted = len({approver.gives for approver in approval.of} & given)",
        "    counted = sum(approver.gives in given for approver in approval.of)",
        "Ann and the boss, who approve as one, count as two.",
        "test_approvals_count.py::test_what_has_been_approved_is_not_asked_for_again",
    ),
    # -- the baseline
    planted(
        "an-open-allow-opens", "interpret.py",
        "opened = max((applies[rule.id] for rule",
        "opened = max((Truth(2 * (applies[rule.id] > 0)) for rule",
        "A rule that may allow lets everything through.",
        "test_the_baseline.py",
    ),
    planted(
        "an-open-allow-does-not-open-at-least", "interpret.py",
        "mildest if opened is Truth.FALSE else Outcome.ALLOW",
        "mildest if opened is not Truth.TRUE else Outcome.ALLOW",
        "A decision says `at least deny`, and is allowed when more is known.",
        "test_the_baseline.py",
    ),
    planted(
        "of-several-starts-the-strictest", "interpret.py",
        "    mildest = min(",
        "    mildest = max(",
        "While nobody knows whose account it is, the strictest baseline is told as sure.",
        "test_the_baseline.py",
    ),
    planted(
        "the-first-start-will-do", "interpret.py",
        "    return tuple(dict.fromkeys(baseline.starts.values()))",
        "    return tuple(baseline.starts.values())[:1]",
        "While nobody knows whose account it is, the first one listed is taken.",
        "test_the_baseline.py",
    ),
    planted(
        "baseline-denies-whoever-opened-it", "interpret.py",
        "        truth = min(opened.negated(), this_one, ",
        "        truth = min(this_one, ",
        "No rule opens a closed baseline.",
        "test_what_changes_no_outcome.py::test_allow_opens_the_baseline_and_nothing_else",
    ),
    planted(
        "allow-lifts-what-others-say", "decisions.py",
        "    claims = list(claims)\n",
        "    allowing = {rule.id for rule in program.rules if rule.effect is Effect.ALLOW}\n"
        "    opened = any(applies.get(name) is Truth.TRUE for name in allowing)\n"
        "    claims = [] if opened else list(claims)\n",
        "An `allow` rule lets through what another rule denies.",
        "test_what_changes_no_outcome.py::test_allow_opens_the_baseline_and_nothing_else",
    ),
    planted(
        "rules-without-allow-open", "interpret.py",
        "for rule in program.rules if rule.effect is Effect.ALLOW), default",
        "for rule in program.rules if rule.approval), default",
        "Whatever has to be approved is open by default.",
        "tests/test_cases.py::test_case[approvals-no-approval-lifts-a-baseline-of-deny]",
    ),
    # -- outcome, lists, missing
    planted(
        "when-unknown-goes-beyond-at-most", "decisions.py",
        "    return min(max(at_least, Outcome.ASK), at_most)",
        "    return max(at_least, Outcome.ASK)",
        "An allowed post has to be asked for.",
        "test_unknown_is_never_false.py::test_when_unknown_is_a_table_of_ten_rows",
    ),
    planted(
        "strictest-means-ask", "decisions.py",
        "        return at_most\n",
        "        return min(max(at_least, Outcome.ASK), at_most)\n",
        "A policy that wants the strictest gets a question.",
        "test_unknown_is_never_false.py::test_when_unknown_is_a_table_of_ten_rows",
    ),
    planted(
        "what-may-be-is-forgotten", "decisions.py",
        "for claim in claims if claim.truth is not Truth.FALSE)])",
        "for claim in claims if claim.truth is Truth.TRUE)])",
        "A missing fact turns what may be a prohibition into allow.",
        "test_bounds_contain_every_completion.py::test_bounds_contain_every_completion",
    ),
    planted(
        "duties-keep-the-longer-limit", "decisions.py",
        "duty.within.order < other.within.order",
        "duty.within.order > other.within.order",
        "A second rule makes the first one's duty later.",
        "test_duties_join.py::test_every_duty_is_kept_once_with_its_shortest_limit",
    ),
    planted(
        "duties-join-whoever-bears-them", "decisions.py",
        "duty.id or duty.what, duty.who, duty.start",
        "duty.id or duty.what, duty.start",
        "What both the author and Ann have to do is done by one of them.",
        "test_duties_join.py::test_other_evidence_another_start_or_another_bearer_is_another_duty",
    ),
    planted(
        "lists-in-the-order-of-deciding", "decisions.py",
        "    rules = sorted((rule for rule in program.rules if applies.get(rule.id) is truth), key=place)",
        "    rules = [rule for rule in program.rules if applies.get(rule.id) is truth]",
        "Reasons come in an order that no reader of the file knows.",
        "test_deciding_is_pure.py::test_lists_are_in_the_order_of_the_file",
    ),
    planted(
        "duties-only-while-unmet", "decisions.py",
        "        duties=joined(duty for rule in rules for duty in rule.duties),",
        "        duties=joined(duty for rule in rules for duty in rule.duties if not rule.approval),",
        "The duty to file an approval vanishes from rules that ask for one.",
        "tests/test_cases.py::test_case[overrides-an-overridden-rule-does-not-apply]",
    ),
    planted(
        "missing-forgets-what-may-override", "interpret.py",
        "            waits(rule.when, facts).union(*(applying_waits[other] for other in rule.overridden_by))",
        "            waits(rule.when, facts)",
        "A form never asks for the fact that would grant the exception.",
        "test_missing_names_what_is_waited_for.py::test_every_fact_that_can_change_the_decision_is_missing",
    ),
    planted(
        "missing-forgets-the-baseline", "interpret.py",
        "            waited.add(program.baseline.fact)",
        "            pass",
        "A form never asks whose account it is.",
        "test_the_baseline.py",
    ),
    planted(
        "missing-forgets-duties", "interpret.py",
        "        if rule.effect in SAYING or rule.duties or rule.hand_over:",
        "        if rule.effect in SAYING:",
        "A form never asks for the fact on which a duty hangs.",
        "test_missing_names_what_is_waited_for.py::test_where_nothing_is_missing_nothing_is_open",
    ),
    # -- completing
    planted(
        "a-default-fills-a-null", "completing.py",
        "        if name not in facts and known.get(name) is None",
        "        if known.get(name) is None",
        "Whoever says \"I do not know\" is taken to have said yes.",
        "test_completing_fills_what_is_unknown.py::test_null_is_never_filled_by_a_default",
    ),
    planted(
        "examples-in-production", "completing.py",
        "    if assume is Assume.IN_EXAMPLES and fact.in_examples is not None:",
        "    if fact.in_examples is not None:",
        "In production, posts are taken to be as harmless as in examples.",
        "test_completing_fills_what_is_unknown.py::test_values_in_examples_are_never_taken_silently",
    ),
    planted(
        "implications-once", "completing.py",
        "        waiting = [implication for implication in waiting if implication not in fired]",
        "        break",
        "What follows from what follows is not seen.",
        "test_completing_fills_what_is_unknown.py::test_a_chain_is_followed_to_its_end_whatever_its_order",
    ),
    planted(
        "an-implication-overwrites", "completing.py",
        "                elif stated != value:\n",
        "                elif stated != value and name in facts:\n                    known[name] = value\n"
        "                elif stated != value:\n",
        "What somebody stated is changed behind their back.",
        "test_completing_fills_what_is_unknown.py::test_what_is_stated_stays",
    ),
    planted(
        "an-implication-is-ignored-quietly", "completing.py",
        "                elif stated != value:\n",
        "                elif False:\n",
        "A contradiction is resolved in silence.",
        "test_completing_fills_what_is_unknown.py::test_a_contradiction_is_an_error_that_names_the_fact",
    ),
    planted(
        "unknown-conditions-imply", "completing.py",
        "if holds(implication.given, known) is Truth.TRUE]:",
        "if holds(implication.given, known) is not Truth.FALSE]:",
        "A post that nobody has said anything about is taken to be private.",
        "test_completing_fills_what_is_unknown.py::test_a_default_that_does_not_fit_is_left_out",
    ),
    planted(
        "a-default-against-an-implication", "completing.py",
        "    kept = {name: value for name, value in assumed.items() if agrees(vocabulary, known, name, value)}",
        "    kept = assumed",
        "A form that states one fact fails because of a default that does not fit it.",
        "test_completing_fills_what_is_unknown.py::test_a_default_that_does_not_fit_is_left_out",
    ),
    # -- from what is written to what is decided
    planted(
        "unless-is-when", "loading/lowering.py",
        "when.append(Not(self.words.single(text.unless, (*where, \"unless\"))))",
        "when.append(self.words.single(text.unless, (*where, \"unless\")))",
        "The exception is the only case in which the rule holds.",
        "test_sugar.py::test_unless_is_when_not",
    ),
    planted(
        "the-last-day-is-left-out", "loading/lowering.py",
        "        end = ends(last, self.zone) if last else None",
        "        end = begins(last, self.zone) if last else None",
        "A rule in force through the 31st ends on the 30th.",
        "test_dates_include_both_days.py::test_dates_include_both_days",
    ),
    planted(
        "days-of-24-hours", "instants.py",
        "        return begins(day + timedelta(days=1), where)",
        "        return datetime(day.year, day.month, day.day, tzinfo=where).astimezone(UTC) + timedelta(hours=24)",
        "On the day when clocks change, a rule ends an hour off.",
        "test_dates_include_both_days.py::test_dates_include_both_days",
    ),
    planted(
        "dates-in-utc", "loading/lowering.py",
        "        start = begins(first, self.zone) if first else None",
        '        start = begins(first, ZoneInfo("UTC")) if first else None',
        "A rule begins at one in the morning.",
        "test_dates_include_both_days.py::test_dates_include_both_days",
    ),
    planted(
        "none-is-not-all", "loading/conditions.py",
        "Not(either(*(self.lower(part, (*where, \"none\"",
        "Not(both(*(self.lower(part, (*where, \"none\"",
        "`none` of two holds while one of them does.",
        "test_every_way_to_write_a_test.py::test_two_ways_to_write_one_thing",
    ),
    planted(
        "more-than-is-at-least", "loading/conditions.py",
        '    "more_than": lambda a, b: a > b,',
        '    "more_than": lambda a, b: a >= b,',
        "`more_than: elevated` holds at elevated.",
        "test_every_way_to_write_a_test.py::test_every_way_to_write_a_test",
    ),
    planted(
        "all-of-needs-every-contact", "loading/lowering.py",
        "            at_least = len(values) if written.all_of else written.at_least or 1",
        "            at_least = 1 if written.all_of else written.at_least or 1",
        "One of those who all have to approve is enough.",
        "test_sugar.py::test_the_ways_to_say_who_approves_are_one",
    ),
    planted(
        "order-decides", "decisions.py",
        "    at_least = max([start[0], *(claim.outcome for claim in claims if claim.truth is Truth.TRUE)])",
        "    at_least = ([claim.outcome for claim in claims if claim.truth is Truth.TRUE] or [start[0]])[-1]",
        "Of two rules that count, the last one in the file decides.",
        "test_the_order_of_rules_is_irrelevant.py::test_the_order_of_rules_is_irrelevant",
    ),
    planted(
        "digest-forgets-overrides", "encoding.py",
        '    Rule: frozenset({"place", ',
        '    Rule: frozenset({"needs", "place", ',
        "Two policies with one `decides` digest decide otherwise.",
        "test_round_trip.py::test_programs_that_decide_otherwise_have_other_digests",
    ),
    planted(
        "saving-forgets-when-unknown", "encoding.py",
        "            if name not in left_out and (",
        '            if name != "when_unknown" and name not in left_out and (',
        "A saved program asks where the policy wanted the strictest.",
        "test_round_trip.py::test_a_saved_program_loads_as_it_was",
    ),
    # -- the exact analysis
    planted(
        "symbolic-not-keeps-the-ends", "symbolic.py",
        "        return Ternary(-self.possible, -self.sure)",
        "        return Ternary(-self.sure, -self.possible)",
        "What is unknown is proved to be false.",
        "tests/test_symbolic.py::test_so_it_does_for_some_hundred_programs_at_random",
    ),
    planted(
        "symbolic-unknown-is-false", "symbolic.py",
        "return Ternary(passes, passes if known == 1 else self.circuit.either(-known, passes))",
        "return Ternary(passes, passes)",
        "Proofs forget that facts may be missing.",
        "tests/test_symbolic.py::test_so_it_does_for_some_hundred_programs_at_random",
    ),
    planted(
        "symbolic-opens-by-what-may-be", "symbolic.py",
        "circuit.both(-self.opened.possible, sure)",
        "circuit.both(-self.opened.sure, sure)",
        "A closed account counts as closed though a rule may open it.",
        "tests/test_symbolic.py::test_so_it_does_for_some_hundred_programs_at_random",
    ),
    planted(
        "symbolic-open-denies", "symbolic.py",
        "bound.sure if least is Outcome.DENY and not strictest else bound.possible",
        "bound.possible",
        "What is open is proved to be denied.",
        "tests/test_symbolic.py::test_so_it_does_for_some_hundred_programs_at_random",
    ),
    planted(
        "symbolic-assumes-what-is-stated-unknown", "symbolic.py",
        "            literal = self.circuit.both(world.absent[name], -first.known[name])",
        "            literal = -first.known[name]",
        "A default fills what was said to be unknown.",
        "tests/test_symbolic.py::test_so_it_does_for_some_hundred_programs_at_random",
    ),
    planted(
        "symbolic-one-value-is-two", "symbolic.py",
        "            if item.single:\n                circuit.require(-mine, -its, equal)",
        "            if not item.single:\n                circuit.require(-mine, -its, equal)",
        "Two facts with one value are proved to differ.",
        "tests/test_comparing.py::test_trying_all_actions_finds_what_the_comparison_says",
        "tests/test_comparing.py::test_so_it_is_for_some_hundred_pairs_at_random",
    ),
    planted(
        "comparing-counts-what-both-deny", "comparing.py",
        "        not_both_deny = -self.circuit.both(",
        "        not_both_deny = 1 + 0 * self.circuit.both(",
        "A revision more, of what is denied anyway, is a major change.",
        "tests/test_comparing.py::test_so_it_is_for_some_hundred_pairs_at_random",
    ),
    planted(
        "comparing-forgets-overrides", "comparing.py",
        "            if was.when != now.when or record(was) != record(now) or overrides != after[now.id]:",
        "            if was.when != now.when or record(was) != record(now):",
        "Somebody who was allowed no longer is, and no rule is said to have changed.",
        "tests/test_comparing.py::test_so_it_is_for_some_hundred_pairs_at_random",
    ),
    planted(
        "comparing-tells-no-more-than-what-stands-alone", "comparing.py",
        "                if part not in told and versions.possible(want.literal, regions[part], *left):",
        "                if False:",
        "A change that only several rules make together is told by none.",
        "tests/test_comparing.py::test_so_it_is_for_some_hundred_pairs_at_random",
    ),
    planted(
        "comparing-what-is-more-is-less", "comparing.py",
        "        return self.circuit.both(self.circuit.any(is_not), *was_met)",
        "        return self.circuit.any(is_not)",
        "A rule that asks for less of the same counts as one that asks for more.",
        "tests/test_comparing.py::test_so_it_is_for_some_hundred_pairs_at_random",
    ),
    planted(
        "partition-cuts-one-too-low", "partitions.py",
        "                cuts |= {high + 1} if high is not None else set()",
        "                cuts |= {high} if high is not None else set()",
        "At most five and at most four are one to the proof.",
        "tests/test_symbolic.py::test_so_it_does_for_some_hundred_programs_at_random",
    ),
    planted(
        "texts-stars-stand-for-nothing", "texts.py",
        "self.past_stars((places & self.stars) | (places & self.at",
        "self.past_stars((places & self.at",
        "A star stands for one run at most of no characters.",
        "tests/test_symbolic.py::test_texts_fall_into_the_classes_that_their_patterns_make",
    ),
    planted(
        "proof-of-everything", "proving.py",
        "        return [where, -self.circuit.any(self.first.outcome(outcome) for outcome in guarantee.admits)]",
        "        return [-where, -self.circuit.any(self.first.outcome(outcome) for outcome in guarantee.admits)]",
        "A guarantee is proved for all actions but those it is about.",
        "tests/test_prove.py",
    ),
    planted(
        "stricter-is-minor", "diffing.py",
        "Bump.MAJOR if kind in MAJOR else Bump.MINOR",
        "Bump.MINOR",
        "Somebody who was allowed no longer is, and the version says that nobody has to look.",
        "tests/test_diffs.py",
    ),
    planted(
        "fingerprint-without-what-is-asked", "fingerprints.py",
        "digest([asks_data(rule), unordered(rule.when), above])",
        "digest([unordered(rule.when), above])",
        "A waiver of one change covers another.",
        "tests/test_waivers.py",
    ),
    planted(
        "waived-for-ever", "waiving.py",
        "waiver.until < today",
        "waiver.until < today and False",
        "A waiver never ends.",
        "tests/test_waivers.py",
    ),
    planted(
        "major-below-one-is-a-patch", "versions.py",
        "        return str(version.bump_minor() if version.major == 0 else version.bump_major())",
        "        return str(version.bump_patch() if version.major == 0 else version.bump_major())",
        "Below 1.0.0 anything goes.",
        "tests/test_versions.py",
    ),
    # -- policies that build on others
    planted(
        "a-base-opens-for-others", "loading/lowering.py",
        "            rules = [opens_nothing(rule) for rule in rules]",
        "            pass",
        "A pack that allows something opens the company's closed accounts.",
        BUILDING + "test_an_allow_rule_of_a_base_does_not_open_the_baseline_of_what_builds_on_it",
    ),
    planted(
        "a-base-forgets-its-baseline", "loading/lowering.py",
        "for rule in self.baseline_rules(self.start_of_all)]",
        "for rule in ()]",
        "What the group leaves closed is open in the company.",
        BUILDING + "test_each_policy_decides_and_the_strictest_wins",
        BUILDING + "test_composed_is_the_strictest_of_what_each_decides_alone",
    ),
    planted(
        "permission-is-not-asked-for", "loading/overriding.py",
        "if text.firm or not permit or not (name in (permit.rules or ()) or set(text.tags) & set(tags or ())):",
        "if text.firm:",
        "A company sets any rule of a pack of law aside.",
        BUILDING + "test_nothing_else_is_set_aside",
    ),
    planted(
        "firm-is-not-firm-for-others", "loading/overriding.py",
        "if text.firm or not permit or not (name",
        "if not permit or not (name",
        "A rule that nothing may set aside is set aside.",
        BUILDING + "test_a_firm_rule_of_a_base_stays_whatever_its_tags",
    ),
    planted(
        "a-base-is-set-aside-under-others", "loading/overriding.py",
        "        if others:",
        "        if others and False:",
        "What one policy sets aside of a base is gone for another one that builds on it.",
        BUILDING + "test_nothing_of_a_base_is_set_aside_that_others_build_on",
    ),
    planted(
        "any-tag-can-be-carried", "loading/lowering.py",
        "            if name not in declared or not declared[name].for_others:",
        "            if name not in declared:",
        "A rule escapes by a tag that the pack never offered.",
        BUILDING + "test_only_tags_that_are_offered_can_be_carried",
    ),
    planted(
        "defaults-decide-for-a-base", "loading/assuming.py",
        "                check_defaults(base, other, read)",
        "                pass",
        "What nobody said is harmless, and the pack of law is satisfied.",
        BUILDING + "test_a_vocabulary_takes_nothing_for_granted_that_a_base_reads",
    ),
    planted(
        "implications-decide-for-a-base", "loading/assuming.py",
        "                check_implications(base, other, read)",
        "                pass",
        "The company's file says that everything is disclosed.",
        BUILDING + "test_a_vocabulary_takes_nothing_for_granted_that_a_base_reads",
    ),
    planted(
        "needs-are-not-read", "program.py",
        "        return (self.when, *needs, *((self.approval.met,) if self.approval else ()))",
        "        return (self.when,)",
        "A default meets what a pack asks for.",
        BUILDING + "test_a_default_for_what_a_base_only_asks_for_is_refused",
    ),
    planted(
        "another-shelf-steps-in", "loading/shelves.py",
        "        return next((shelf.editions(id) for shelf in self.shelves if shelf.has(id)), ())",
        "        return next((found for shelf in self.shelves if (found := shelf.editions(id))), ())",
        "A withdrawn pack of one's own is replaced by another one of that id.",
        BUILDING + "test_what_is_broken_here_is_not_looked_for_elsewhere",
    ),
    planted(
        "a-base-is-not-in-the-digest", "loading/joining.py",
        "    if bases:\n        everything",
        "    if not bases:\n        everything",
        "Two different wholes have one digest.",
        BUILDING + "test_the_digest_is_of_the_whole",
    ),
    planted(
        "copies-are-not-checked", "storing.py",
        "        elif bytes_digest(copy) != pin.digest:",
        "        elif not copy:",
        "A release stands on a pack that somebody edited.",
        BUILDING + "test_a_release_keeps_what_it_was_built_on",
    ),
    planted(
        "a-stage-is-asked-everywhere", "loading/lowering.py",
        "                when=both(*when, given),",
        "                when=both(*when),",
        "Everyday posts need the signature that only a crisis calls for.",
        BUILDING + "test_every_stage_that_its_condition_admits_is_asked_for",
    ),
    planted(
        "a-playbook-is-waited-for", "interpret.py",
        "SAYING = (Effect.DENY, Effect.DUTY, Effect.ADVISE)",
        "SAYING = (Effect.DENY, Effect.DUTY, Effect.ADVISE, Effect.PLAYBOOK)",
        "People are asked about a situation that changes nothing for them.",
        "tests/laws/test_playbooks_change_no_decision.py",
    ),
)  # fmt: skip
