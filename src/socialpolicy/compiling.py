"""placeholder until the compiler stands"""
from __future__ import annotations
from dataclasses import dataclass
from typing import Any
from socialpolicy.interpret import interpret
from socialpolicy.program import Program
from socialpolicy.decisions import Decision
from socialpolicy.program import Outcome

@dataclass
class Compiled:
    program: Program
    def decide_completed(self, facts: Any) -> Decision:
        return interpret(self.program, facts)
    def outcome_completed(self, facts: Any) -> Outcome:
        return interpret(self.program, facts).outcome

def compiled(program: Program) -> Compiled:
    return Compiled(program)
