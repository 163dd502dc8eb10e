"""Metric math of CloudWatch: arithmetic and functions over series of values, one for each period.

A value is None where nothing was measured, or nothing can be said, such as after a division by zero.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

import ast
import operator

ARITHMETIC = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}

COMPARISON = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}

# Of several series: their value by period, of those that have one.
OVER_SERIES = {"MAX": max, "MIN": min, "SUM": sum, "AVG": lambda values: sum(values) / len(values)}

Series = list[float | None]


class Unknown(ValueError):
    """An expression with something that is not evaluated here."""


def evaluate(expression: str, known: dict[str, Series], length: int) -> Series:
    """The series that an expression stands for; `known` has the metrics by their ids, each of `length` values."""
    try:
        tree = ast.parse(expression, mode="eval").body
    except SyntaxError as error:
        raise Unknown(f"expression {expression}") from error
    return _Evaluation(known, length).of(tree)


class _Evaluation:
    def __init__(self, known: dict[str, Series], length: int):
        self.known = known
        self.length = length

    def of(self, node: ast.expr) -> Series:
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            return [float(node.value)] * self.length
        if isinstance(node, ast.Name) and node.id in self.known:
            return self.known[node.id]
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return [None if value is None else -value for value in self.of(node.operand)]
        if isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
            return self.pairs(ARITHMETIC[type(node.op)], node.left, node.right)
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARISON:
            compare = COMPARISON[type(node.ops[0])]
            return self.pairs(lambda a, b: float(compare(a, b)), node.left, node.comparators[0])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return self.call(node.func.id, node.args)
        raise Unknown(f"expression {ast.unparse(node)}")

    def call(self, name: str, given: list[ast.expr]) -> Series:
        if name in OVER_SERIES and len(given) == 1 and isinstance(given[0], ast.List):
            together = zip(*(self.of(one) for one in given[0].elts))
            there = [[value for value in values if value is not None] for values in together]
            return [float(OVER_SERIES[name](values)) if values else None for values in there]
        if name == "FILL" and len(given) == 2:
            filled = zip(self.of(given[0]), self.of(given[1]))
            return [instead if value is None else value for value, instead in filled]
        if name == "IF" and len(given) in (2, 3):
            otherwise = self.of(given[2]) if len(given) == 3 else [None] * self.length
            cases = zip(self.of(given[0]), self.of(given[1]), otherwise)
            return [then if condition else instead for condition, then, instead in cases]
        raise Unknown(f"function {name}")

    def pairs(self, operation, left: ast.expr, right: ast.expr) -> Series:
        return [_of_pair(operation, *pair) for pair in zip(self.of(left), self.of(right))]


def _of_pair(operation, left: float | None, right: float | None) -> float | None:
    if left is None or right is None:
        return None
    try:
        return operation(left, right)
    except ZeroDivisionError:
        return None
