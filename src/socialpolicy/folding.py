"""Fold constants in expressions of generated code: what they settle of *and*, *or*, *not* and joined bits."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator


def folded(expression: str) -> str:
    """An expression without the constants in it that settle a part of it. Nothing in these expressions has an effect."""
    if not CONSTANT.search(expression):
        return expression
    node = Fold().visit(ast.parse(expression, mode="eval")).body
    return f"({ast.unparse(node)})" if isinstance(node, ast.IfExp) else ast.unparse(node)


CONSTANT = re.compile(r"\b(True|False|[0-9]+)\b")


class Fold(ast.NodeTransformer):
    """Settles what constants settle: of *and*, *or*, *not*, conditional expressions, and bits joined."""

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        """Settle *and* and *or*."""
        settling = isinstance(node.op, ast.Or)
        left: list[ast.expr] = []
        for value in map(self.visit, node.values):
            if isinstance(value, ast.Constant) and isinstance(value.value, bool):
                if value.value is settling:
                    return value
            else:
                left.append(value)
        if not left:
            return ast.Constant(not settling)
        return left[0] if len(left) == 1 else ast.BoolOp(node.op, left)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        """Settle *not*."""
        operand = self.visit(node.operand)
        if isinstance(node.op, ast.Not) and isinstance(operand, ast.Constant):
            return ast.Constant(not operand.value)
        return ast.UnaryOp(node.op, operand)

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        """Settle a conditional expression."""
        test = self.visit(node.test)
        if isinstance(test, ast.Constant):
            found: ast.expr = self.visit(node.body if test.value else node.orelse)
            return found
        return ast.IfExp(test, self.visit(node.body), self.visit(node.orelse))

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """Join bits."""
        if not isinstance(node.op, ast.BitOr):
            return node
        constant, others = 0, list[ast.expr]()
        for term in terms(node):
            value = self.visit(term)
            for inner in terms(value):
                if isinstance(inner, ast.Constant) and isinstance(inner.value, int):
                    constant |= inner.value
                elif ast.dump(inner) not in map(ast.dump, others):
                    others.append(inner)
        if constant or not others:
            others.append(ast.Constant(constant))
        joined = others[0]
        for other in others[1:]:
            joined = ast.BinOp(joined, ast.BitOr(), other)
        return joined


def terms(node: ast.expr) -> Iterator[ast.expr]:
    """The terms that are joined by ``|``."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        yield from terms(node.left)
        yield from terms(node.right)
    else:
        yield node
