"""Which actions and kinds of records the program can put on record, read from its source.

The argument of each ``audit.record`` and ``audit.record_many`` is followed to where it is written
down: through names, f-strings, choices, enums and tables, and through parameters to every caller.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any, get_type_hints

import appointment_app

_ROOT = Path(appointment_app.__file__).parent
_Function = ast.FunctionDef | ast.AsyncFunctionDef


class NotFollowed(Exception):
    """Where an argument comes from could not be told."""


@dataclass(frozen=True)
class _Call:
    """A call, and the functions around it, the innermost first."""

    module: str
    node: ast.Call
    around: tuple[_Function, ...]


class Source:
    """The calls in the source of the program."""

    @cached_property
    def calls(self) -> list[_Call]:
        """All calls that there are."""
        return [
            call
            for path in sorted(_ROOT.rglob("*.py"))
            for call in _calls(_module(path), ast.parse(path.read_text(encoding="utf-8")), ())
        ]

    def recorded(self, name: str, position: int | None = None) -> set[str]:
        """What an argument of ``audit.record`` can be."""
        found: set[str] = set()
        for call in self.calls:
            if ast.unparse(call.node.func) in {"audit.record", "audit.record_many"}:
                found |= self._values(_argument(call.node, name, position), call)
        return found

    def _values(self, node: ast.expr | None, call: _Call) -> set[str]:
        match node:
            case ast.Constant(str(value)):
                return {value}
            case ast.IfExp(_, body, orelse):
                return self._values(body, call) | self._values(orelse, call)
            case ast.JoinedStr(parts):
                each = [self._values(part, call) for part in parts]
                return {"".join(chosen) for chosen in product(*each)}
            case ast.FormattedValue(value) | ast.Attribute(ast.Name() as value, "value"):
                return self._values(value, call)
            case ast.Name(name):
                return self._of_name(name, call)
            case ast.Attribute() if (kind := _type_of(node, call)) is not None:
                return _texts(kind)
            case ast.Attribute() | ast.Subscript(ast.Name()):
                return self._evaluated(node, call)
        raise NotFollowed(f"{call.module}: {ast.unparse(node) if node else call.node.lineno}")

    def _of_name(self, name: str, call: _Call) -> set[str]:
        for number, function in enumerate(call.around):
            inner = _Call(call.module, call.node, call.around[number:])
            written = [each.value for each in _assignments(function, name)]
            if written:
                return set().union(*(self._values(each, inner) for each in written))
            names = [each.arg for each in (*function.args.args, *function.args.kwonlyargs)]
            if name in names:
                return self._of_parameter(function, names.index(name), name, inner)
        return self._evaluated(ast.Name(name), call)

    def _of_parameter(
        self, function: _Function, position: int, name: str, inner: _Call
    ) -> set[str]:
        callers = [
            each
            for each in self.calls
            if ast.unparse(each.node.func).rpartition(".")[2] == function.name
            and (each.module == inner.module or not function.name.startswith("_"))
            and _argument(each.node, name, position) is not None
        ]
        if not callers:
            raise NotFollowed(f"{inner.module}: nobody calls {function.name} with {name}")
        try:
            found = [self._values(_argument(each.node, name, position), each) for each in callers]
        except NotFollowed:
            # It may be any value of an enum.
            annotation = {each.arg: each.annotation for each in function.args.args}.get(name)
            if annotation is None:
                raise
            return _texts(_evaluate(inner.module, annotation))
        return set().union(*found)

    def _evaluated(self, node: ast.expr, call: _Call) -> set[str]:
        if isinstance(node, ast.Subscript):
            return _texts(_evaluate(call.module, node.value))
        return _texts(_evaluate(call.module, node))


def _calls(module: str, node: ast.AST, around: tuple[_Function, ...]) -> Iterator[_Call]:
    if isinstance(node, ast.Call):
        yield _Call(module, node, around)
    if isinstance(node, _Function):
        around = (node, *around)
    for child in ast.iter_child_nodes(node):
        yield from _calls(module, child, around)


def _argument(call: ast.Call, name: str, position: int | None) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    if position is not None and position < len(call.args):
        return call.args[position]
    return None


def _type_of(node: ast.expr, call: _Call) -> Any:
    """The type of a parameter, of what is named after one, or of a field of either, if known."""
    match node:
        case ast.Attribute(value, field):
            kind = _type_of(value, call)
            return None if kind is None else get_type_hints(kind).get(field)
        case ast.Name(name):
            for function in call.around:
                for each in (*function.args.args, *function.args.kwonlyargs):
                    if each.arg == name and each.annotation is not None:
                        return _evaluate(call.module, each.annotation)
                for written in _assignments(function, name):
                    return _type_of(written.value, call)
    return None


def _assignments(function: _Function, name: str) -> list[ast.Assign]:
    return [
        each
        for each in ast.walk(function)
        if isinstance(each, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in each.targets)
    ]


def _evaluate(module: str, node: ast.expr) -> Any:
    try:
        return eval(ast.unparse(node), vars(importlib.import_module(module)))
    except (NameError, AttributeError) as unknown:
        raise NotFollowed(f"{module}: {ast.unparse(node)}") from unknown


def _texts(value: Any) -> set[str]:
    if isinstance(value, type) and issubclass(value, Enum):
        return {str(each.value) for each in value}
    if isinstance(value, dict):
        return set(map(str, value.values()))
    if isinstance(value, str):
        return {str(value)}
    raise NotFollowed(repr(value))


def _module(path: Path) -> str:
    parts = ("appointment_app", *path.relative_to(_ROOT).with_suffix("").parts)
    return ".".join(parts).removesuffix(".__init__")
