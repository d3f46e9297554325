"""Grammar of an expression: turn FHIRPath tokens into a tree, by the precedences of the specification."""

from dataclasses import dataclass
from decimal import Decimal

from throughcare.faults import Malformed

from .lexer import Token, malformed, tokens, unquote
from .values import CALENDAR_UNITS, Date, DateTime, Long, Quantity, Time

EXPRESSION_LENGTH_MAX = 20_000
NESTING_DEPTH_MAX = 40


@dataclass(frozen=True, slots=True)
class Expr:
    """A node of the tree: literal, variable, this, index, total, member, call, chain, item, sign, binary, is or as."""

    op: str
    at: int
    value: object = None
    args: tuple["Expr", ...] = ()


# Loosest first. Everything on one level binds from left to right.
_LEVELS: tuple[frozenset[str], ...] = tuple(
    frozenset(level.split())
    for level in (
        "implies",
        "or xor",
        "and",
        "in contains",
        "= ~ != !~",
        "< > <= >=",
        "|",
        "is as",
        "+ - &",
        "* / div mod",
    )
)
_WORDS = frozenset("implies or xor and in contains is as div mod".split())


def parse(text: str) -> Expr:
    """The tree of an expression."""
    if not isinstance(text, str):
        raise Malformed("A FHIRPath expression must be text.", why=f"This one is a {type(text).__name__}.")
    if len(text) > EXPRESSION_LENGTH_MAX:
        raise malformed(f"The expression is longer than {EXPRESSION_LENGTH_MAX} characters.", text[:60], 0)
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text, self.tokens, self.i, self.depth = text, tokens(text), 0, 0

    @property
    def now(self) -> Token:
        return self.tokens[self.i]

    def take(self, symbol: str = "") -> Token:
        token = self.now
        if symbol and token.text != symbol:
            raise malformed(f"Expected {symbol!r} but found {token.text or 'the end'!r}.", self.text, token.at)
        self.i += 1
        return token

    def sees(self, *texts: str) -> bool:
        return self.now.text in texts and self.now.kind in ("symbol", "name")

    def whole(self) -> Expr:
        tree = self.level(0)
        if self.now.kind != "end":
            raise malformed(f"{self.now.text!r} does not belong here.", self.text, self.now.at)
        return tree

    def level(self, n: int) -> Expr:
        if n == len(_LEVELS):
            return self.sign()
        left = self.level(n + 1)
        while self.now.text in _LEVELS[n] and self.now.kind in ("symbol", "name"):
            operator = self.take()
            if operator.text in ("is", "as"):
                left = Expr(operator.text, operator.at, self.type_name(), (left,))
            else:
                left = Expr("binary", operator.at, operator.text, (left, self.level(n + 1)))
        return left

    def sign(self) -> Expr:
        if self.sees("+", "-"):
            operator = self.take()
            return Expr("sign", operator.at, operator.text, (self.deeper(self.sign),))
        return self.postfix()

    def deeper(self, rule) -> Expr:
        self.depth += 1
        if self.depth > NESTING_DEPTH_MAX:
            raise malformed(f"The expression nests deeper than {NESTING_DEPTH_MAX}.", self.text, self.now.at)
        tree = rule()
        self.depth -= 1
        return tree

    def postfix(self) -> Expr:
        left = self.term()
        while True:
            if self.sees("."):
                self.take()
                step = self.invocation()
                left = Expr("chain", step.at, None, (left, step))
            elif self.sees("["):
                at = self.take().at
                left = Expr("item", at, None, (left, self.deeper(lambda: self.level(0))))
                self.take("]")
            else:
                return left

    def term(self) -> Expr:
        token = self.now
        if token.kind in ("number", "long", "string", "date", "time"):
            return self.literal()
        if self.sees("("):
            self.take()
            inner = self.deeper(lambda: self.level(0))
            self.take(")")
            return Expr("group", token.at, None, (inner,))
        if self.sees("{"):
            self.take()
            self.take("}")
            return Expr("literal", token.at, ())
        if token.kind == "variable":
            self.take()
            name = token.text[1:]
            return Expr("variable", token.at, unquote(name) if name[0] in "`'" else name)
        if token.kind == "name" and token.text in ("true", "false"):
            self.take()
            return Expr("literal", token.at, (token.text == "true",))
        return self.invocation()

    def invocation(self) -> Expr:
        token = self.take()
        if token.kind == "name" and token.text.startswith("$"):
            if token.text not in ("$this", "$index", "$total"):
                raise malformed(f"{token.text!r} is not a word of FHIRPath.", self.text, token.at)
            return Expr(token.text[1:], token.at)
        if token.kind not in ("name", "quoted"):
            raise malformed(f"Expected a name but found {token.text or 'the end'!r}.", self.text, token.at)
        name = unquote(token.text) if token.kind == "quoted" else token.text
        if not self.sees("("):
            if token.kind == "name" and name in ("div", "mod", "and", "or", "xor", "implies"):
                raise malformed(f"Expected a name but found {name!r}.", self.text, token.at)
            return Expr("member", token.at, name)
        self.take("(")
        return Expr("call", token.at, name, self.arguments())

    def arguments(self) -> tuple[Expr, ...]:
        found = []
        while not self.sees(")"):
            found.append(self.deeper(lambda: self.level(0)))
            if self.sees(","):
                self.take()
            elif not self.sees(")"):
                raise malformed(
                    f"Expected ',' or ')' but found {self.now.text or 'the end'!r}.", self.text, self.now.at
                )
        self.take(")")
        return tuple(found)

    def type_name(self) -> str:
        parts = []
        while True:
            token = self.take()
            if token.kind not in ("name", "quoted"):
                raise malformed(f"Expected the name of a type but found {token.text!r}.", self.text, token.at)
            parts.append(unquote(token.text) if token.kind == "quoted" else token.text)
            if not (self.sees(".") and len(parts) == 1 and parts[0] in ("FHIR", "System")):
                return ".".join(parts)
            self.take()

    def literal(self) -> Expr:
        token = self.take()
        return Expr("literal", token.at, (self.literal_value(token),))

    def literal_value(self, token: Token) -> object:
        if token.kind == "string":
            return unquote(token.text)
        if token.kind in ("date", "time"):
            return self.moment(token)
        if token.kind == "long":
            return Long(token.text[:-1])
        number: int | Decimal = Decimal(token.text) if "." in token.text else int(token.text)
        if self.now.kind == "string":
            return Quantity(Decimal(number), unquote(self.take().text))
        if self.now.kind == "name" and self.now.text in CALENDAR_UNITS:
            return Quantity(Decimal(number), CALENDAR_UNITS[self.take().text], calendar=True)
        return number

    def moment(self, token: Token) -> object:
        text = token.text[1:]
        value: object
        if token.kind == "time":
            value = Time.parse(text[1:])
        elif "T" in text:
            value = DateTime.parse(text)
        else:
            value = Date.parse(text)
        if value is None:
            raise malformed(f"{token.text} is not a day or time that exists.", self.text, token.at)
        return value
