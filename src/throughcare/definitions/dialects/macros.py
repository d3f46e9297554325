"""Our own functions written out where they are called, for engines that cannot be told of them beforehand."""

from collections.abc import Iterable, Mapping

from sqlglot import exp, parse_one
from sqlglot.dialects.dialect import Dialect

Macros = Mapping[str, tuple[list[str], exp.Expr]]  # name -> its parameters, and what it says of them


def read(texts: Iterable[tuple[str, str]], dialect: type[Dialect]) -> Macros:
    """Pairs of "name(a, b)" and what it says."""
    found = {}
    for head, body in texts:
        name, _, listed = head.strip().rstrip(")").partition("(")
        found[name] = ([p.strip() for p in listed.split(",")], parse_one(body, read=dialect))
    return found


def heads(macros: Iterable[str]) -> list[tuple[str, str]]:
    """ "name(a, b) as …" as the pair of its head and its body."""
    return [(head, body) for head, _, body in (" ".join(text.split()).partition(" as ") for text in macros)]


def written_out(tree: exp.Expr, macros: Macros) -> exp.Expr:
    """Every call of a macro replaced by its body, the innermost first; bodies may call macros themselves."""
    calls = [node for node in tree.walk() if isinstance(node, exp.Anonymous) and node.name.lower() in macros]
    for call in reversed(calls):
        body = _body(call, macros)
        if call is tree:
            return body
        call.replace(body)
    return tree


def _body(call: exp.Anonymous, macros: Macros) -> exp.Expr:
    parameters, said = macros[call.name.lower()]
    given = dict(zip(parameters, call.expressions, strict=True))
    body = written_out(said.copy(), macros)
    for column in list(body.find_all(exp.Column)):
        if not column.table and column.name in given:
            value = exp.paren(given[column.name].copy(), copy=False)
            if column is body:
                return value
            column.replace(value)
    return exp.paren(body, copy=False)
