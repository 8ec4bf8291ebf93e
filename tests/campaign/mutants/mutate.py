"""A file of ours with one thing changed, for every thing that can be: what its tests must see.

Left alone, because no test should say them again: prose (a string with a blank in it), docstrings, annotations,
decorators, imports, and how a class is made (`frozen=True`).
"""

import ast
import copy
import re
from collections.abc import Iterator

from msgspec import Struct

_TURNED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,), ast.Lt: (ast.GtE, ast.LtE), ast.GtE: (ast.Lt, ast.Gt), ast.Gt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Gt, ast.Lt),
}  # fmt: skip
_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
_OTHER: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.Mod: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
# Fields of the tree that are not walked into.
_ALONE = {"annotation", "returns", "decorator_list", "bases", "keywords", "type_params"}
_WORD = re.compile(r"\S{0,60}")


class Mutant(Struct, frozen=True):
    """The file with one thing changed."""

    line: int
    at: str  # the line as it is written, without its indentation
    change: str
    function: str  # the qualified name of the outermost function it lies in; empty for the body of a module or class
    text: str


class _Place(Struct):
    parent: ast.AST
    field: str
    index: int | None
    node: ast.AST
    function: str

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def mutants(source: str) -> Iterator[Mutant]:
    """Each changed file once, in the order of its lines; `source` itself is never among them."""
    tree, lines = ast.parse(source), source.splitlines()
    seen = {ast.unparse(tree)}
    for place in sorted(_places(tree, "", ""), key=lambda one: (_line(one.node), getattr(one.node, "col_offset", 0))):
        for change, new in _changes(place):
            place.put(ast.fix_missing_locations(ast.copy_location(new, place.node)))
            text = ast.unparse(tree)
            place.put(place.node)
            if text not in seen:
                seen.add(text)
                line = _line(place.node)
                yield Mutant(line, lines[line - 1].strip(), change, place.function, text)


def _line(node: ast.AST) -> int:
    match node:
        case ast.match_case():
            return node.pattern.lineno
        case ast.comprehension():
            return node.target.lineno
        case _:
            return getattr(node, "lineno", 1)


def _places(node: ast.AST, name: str, function: str) -> Iterator[_Place]:
    for field, value in ast.iter_fields(node):
        if field in _ALONE and not (field == "keywords" and isinstance(node, ast.Call)):
            continue
        for index, child in enumerate(value) if isinstance(value, list) else ((None, value),):
            if not isinstance(child, ast.AST) or _silent(child):
                continue
            yield _Place(node, field, index, child, function)
            below, within = name, function
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                below = f"{name}.{child.name}".lstrip(".")
                if not isinstance(child, ast.ClassDef):
                    within = function or below
            yield from _places(child, below, within)


def _silent(node: ast.AST) -> bool:
    docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return docstring or isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr)


def _changes(place: _Place) -> Iterator[tuple[str, ast.AST]]:
    yield from _of_value(place.node, place)
    yield from _of_statement(place.node, place)


def _of_value(node: ast.AST, place: _Place) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.Compare(ops=[op]) if type(op) in _TURNED:
            for other in _TURNED[type(op)]:
                yield f"{_SIGNS[type(op)]} is {_SIGNS[other]}", _with(node, ops=[other()])
        case ast.BoolOp(values=values):
            for number, value in enumerate(values):
                rest = [*values[:number], *values[number + 1 :]]
                yield f"without {_short(value)}", rest[0] if len(rest) == 1 else _with(node, values=rest)
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield f"{_short(node)} is {_short(operand)}", operand
        case ast.Constant(value=bool(value)):
            yield f"{value} is {not value}", ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield f"{value} is {value + 1}", ast.Constant(value + 1)
        case ast.Constant(value=str(value)) if _WORD.fullmatch(value) and not isinstance(
            place.parent, ast.FormattedValue
        ):
            yield f"{value!r} is {value + 'X'!r}", ast.Constant(value + "X")
        case ast.BinOp(op=op) if type(op) in _OTHER and (place.function or not isinstance(op, ast.BitOr)):
            other = _OTHER[type(op)]
            yield f"{type(op).__name__} is {other.__name__}", _with(node, op=other())
        case ast.Call(keywords=keywords) if place.function:
            for number, keyword in enumerate(keywords):
                if keyword.arg:
                    rest = [*keywords[:number], *keywords[number + 1 :]]
                    yield f"without {keyword.arg}={_short(keyword.value)}", _with(node, keywords=rest)
        case ast.comprehension(ifs=[_, *_]):
            yield "without its condition", _with(node, ifs=[])


def _of_statement(node: ast.AST, place: _Place) -> Iterator[tuple[str, ast.AST]]:
    if place.field == "test" and isinstance(node, ast.Call | ast.Name | ast.Attribute | ast.NamedExpr | ast.Await):
        yield f"{_short(node)} is turned around", ast.UnaryOp(ast.Not(), node)
    match node:
        case ast.Expr(value=ast.Call() | ast.Await()) | ast.Raise():
            yield f"nothing instead of {_short(node)}", ast.Pass()
        case ast.Continue():
            yield "continue is break", ast.Break()
        case ast.Break():
            yield "break is continue", ast.Continue()
        case ast.match_case(guard=guard):
            if guard is not None:
                yield f"without if {_short(guard)}", _with(node, guard=None)
            yield "never this case", _with(node, guard=ast.Constant(False))


def _with(node: ast.AST, **fields: object) -> ast.AST:
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def _short(node: ast.AST) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 60 else f"{text[:57]}..."
