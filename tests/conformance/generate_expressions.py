#!/usr/bin/env python3
"""Writes expressions for the recorder and for comparisons: random ones, and tables of operators and functions.

    generate_expressions.py random --seed 7 --count 500
    generate_expressions.py matrix

The output depends on the arguments alone. Expressions use the names of
`expressions/scope/main.tf`, known and unknown; most are well typed, some are not.
`expressions/console/generated.txt` and `expressions/console/matrix.txt` are such output.
"""

import argparse
import random


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=["random", "matrix"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=500)
    arguments = parser.parse_args()
    if arguments.kind == "matrix":
        expressions = matrix()
    else:
        expressions = random_expressions(arguments.seed, arguments.count)
    for expression in expressions:
        print(expression)


def random_expressions(seed, count):
    """`count` different expressions of one line."""
    generator = Generator(random.Random(seed))
    seen = {}
    while len(seen) < count:
        seen[generator.any(generator.random.randint(1, 4))] = None
    return list(seen)


class Generator:
    """One method per type; `depth` is how many levels may still stand inside."""

    def __init__(self, source):
        self.random = source
        # Names bound by the `for` expressions around, with their types.
        self.bound = []

    def any(self, depth):
        kinds = [self.number, self.string, self.bool, self.list, self.map, self.object, self.collection]
        return self.random.choice(kinds)(depth)

    def pick(self, *choices):
        """Calls one of the choices that are functions, returns one that is text."""
        choice = self.random.choice(choices)
        return choice() if callable(choice) else choice

    def typed(self, method, depth):
        """An expression of a type, seldom of another."""
        if self.random.random() < 0.03:
            return self.any(depth)
        return method(depth)

    def names(self, kind):
        return [name for name, its in self.bound if its == kind]

    def leaf(self, kind, literals, names):
        bound = self.names(kind)
        if bound and self.random.random() < 0.5:
            return self.random.choice(bound)
        if self.random.random() < 0.4:
            return self.random.choice(names)
        return self.random.choice(literals)

    def number(self, depth):
        if depth <= 0:
            literals = ["0", "1", "-1", "2", "7", "10", "0.5", "1.25", "1e3", "100000000000000000000", "0.1"]
            names = ["local.number", "local.answer", "local.object.b", "local.person.age", "sensitive(3)",
                     "sensitive(local.number)", "tonumber(null)", 'local.map["a"]', "local.ages.Ada"]
            return self.leaf("number", literals, names)
        n, s, l = (lambda: self.typed(self.number, depth - 1), lambda: self.typed(self.string, depth - 1),
                   lambda: self.typed(self.list, depth - 1))
        return self.pick(
            lambda: f"{n()} + {n()}", lambda: f"{n()} - {n()}", lambda: f"{n()} * {n()}", lambda: f"{n()} / {n()}",
            lambda: f"{n()} % {n()}", lambda: f"-{n()}", lambda: f"({n()} + {n()}) * {n()}",
            lambda: self.conditional(n, depth), lambda: f"length({l()})", lambda: f"length({s()})",
            lambda: f"abs({n()})", lambda: f"ceil({n()})", lambda: f"floor({n()})", lambda: f"signum({n()})",
            lambda: f"max({n()}, {n()})", lambda: f"min({n()}, {n()}, {n()})", lambda: f"sum([{n()}, {n()}])",
            lambda: f"parseint({s()}, 10)", lambda: f"try({n()}, {n()})", lambda: f"coalesce({n()}, {n()})",
            lambda: f"[{n()}, {n()}][{self.pick('0', '1', n)}]", lambda: f"index({l()}, {s()})",
            lambda: f"lookup({self.map(depth - 1)}, {s()}, {n()})", lambda: f"pow({n()}, 2)",
            lambda: f"tonumber({s()})",
        )

    def string(self, depth):
        if depth <= 0:
            literals = ['"a"', '"b"', '""', '"12"', '"héllo"', '"a\\nb"', '"true"', '"x-y-z"', '"$${x}"', '"\\""']
            names = ["local.string", "local.name", "local.object.a", "local.secret", "local.longtxt",
                     "tostring(null)", "sensitive(local.string)", "local.words[0]", "local.typed[1]", "local.person.name",
                     "local.any"]
            return self.leaf("string", literals, names)
        n, s, b, l = (lambda: self.typed(self.number, depth - 1), lambda: self.typed(self.string, depth - 1),
                      lambda: self.typed(self.bool, depth - 1), lambda: self.typed(self.list, depth - 1))
        return self.pick(
            lambda: f'"{self.part(s)}-{self.part(s)}"', lambda: f'"${{{s()}}}"', lambda: f'"n${{{n()}}}"',
            lambda: f'"%{{ if {b()} }}{self.part(s)}%{{ else }}no%{{ endif }}"',
            lambda: f'"%{{ for x in {l()} }}<${{x}}>%{{ endfor }}"', lambda: f"upper({s()})",
            lambda: f'join(",", {l()})', lambda: f"trimspace({s()})", lambda: f'replace({s()}, "a", {s()})',
            lambda: f"substr({s()}, 0, {n()})", lambda: f'format("%s=%d", {s()}, {n()})', lambda: f'format("%v", {self.any(depth - 1)})',
            lambda: f"jsonencode({self.any(depth - 1)})", lambda: self.conditional(s, depth),
            lambda: f"element({l()}, {n()})", lambda: f"{l()}[0]", lambda: f"try({s()}, {s()})",
            lambda: f"coalesce({s()}, {s()})", lambda: f"tostring({self.pick(n, b, s)})", lambda: f"strrev({s()})",
            lambda: f"lower({s()})", lambda: f"title({s()})", lambda: f'trimprefix({s()}, "a")', lambda: f'trimsuffix({s()}, "b")',
            lambda: f"chomp({s()})", lambda: f"md5({s()})", lambda: f"base64encode({s()})", lambda: f'regex("[a-z]+", {s()})',
            lambda: f"{self.object(depth - 1)}.a", lambda: f"one({l()})", lambda: f"indent(2, {s()})",
        )

    def part(self, inner):
        return self.pick(lambda: f"${{{inner()}}}", "t", "", lambda: f"${{~ {inner()} ~}}")

    def bool(self, depth):
        if depth <= 0:
            return self.leaf("bool", ["true", "false"], ["local.bool", "local.yes", "sensitive(true)", "tobool(null)"])
        n, s, b = (lambda: self.typed(self.number, depth - 1), lambda: self.typed(self.string, depth - 1),
                   lambda: self.typed(self.bool, depth - 1))
        a = lambda: self.any(depth - 1)
        return self.pick(
            lambda: f"{n()} < {n()}", lambda: f"{n()} <= {n()}", lambda: f"{n()} > {n()}", lambda: f"{n()} >= {n()}",
            lambda: f"{n()} == {n()}", lambda: f"{s()} == {s()}", lambda: f"{s()} != {s()}", lambda: f"{a()} == {a()}",
            lambda: f"{a()} != null", lambda: f"{a()} == null", lambda: f"{b()} && {b()}", lambda: f"{b()} || {b()}",
            lambda: f"!{b()}", lambda: f"contains({self.list(depth - 1)}, {s()})", lambda: f"startswith({s()}, {s()})",
            lambda: f"endswith({s()}, {s()})", lambda: f"can({a()})", lambda: f"issensitive({a()})",
            lambda: f"alltrue([{b()}, {b()}])", lambda: f"anytrue([{b()}, {b()}])", lambda: f"tobool({s()})",
            lambda: f"strcontains({s()}, {s()})", lambda: self.conditional(b, depth),
        )

    def list(self, depth):
        """A sequence of strings."""
        if depth <= 0:
            names = ["local.list", "local.words", "local.typed", "local.empty", "sensitive(local.words)", "local.person.tags"]
            return self.leaf("list", ['["a", "b"]', "[]", '["a"]', 'tolist(["b", "a"])', '["a", "b", "a"]', "null"], names)
        n, s, l = (lambda: self.typed(self.number, depth - 1), lambda: self.typed(self.string, depth - 1),
                   lambda: self.typed(self.list, depth - 1))
        return self.pick(
            lambda: f"[{s()}, {s()}]", lambda: f"[{s()}]", lambda: self.for_list(s, l), lambda: f"concat({l()}, {l()})",
            lambda: f"tolist({l()})", lambda: f"reverse({l()})", lambda: f"distinct({l()})", lambda: f"sort({l()})",
            lambda: f"compact({l()})", lambda: f"slice({l()}, 0, {n()})", lambda: f"flatten([{l()}, {l()}])",
            lambda: f'split("-", {s()})', lambda: f"keys({self.map(depth - 1)})", lambda: self.conditional(l, depth),
            lambda: f"coalescelist({l()}, {l()})", lambda: f"{l()}[*]", lambda: f"[{self.object(depth - 1)}][*].a",
            lambda: f"try({l()}, {l()})", lambda: f'formatlist("%s!", {l()})', lambda: f"values({self.map(depth - 1)})",
            lambda: f"chunklist({l()}, 2)[0]", lambda: f"matchkeys({l()}, {l()}, {l()})", lambda: f"tolist({self.set(depth - 1)})",
        )

    def set(self, depth):
        if depth <= 0:
            return self.random.choice(["local.set", "local.unique", 'toset(["a", "b"])', "toset([])", 'sensitive(toset(["a"]))'])
        l, c = (lambda: self.typed(self.list, depth - 1), lambda: self.typed(self.set, depth - 1))
        return self.pick(lambda: f"toset({l()})", lambda: f"setunion({c()}, {c()})", lambda: f"setintersection({c()}, {l()})",
                         lambda: f"setsubtract({c()}, {c()})")

    def map(self, depth):
        """A mapping to numbers."""
        if depth <= 0:
            return self.leaf("map", ["{ a = 1, b = 2 }", "{}", "tomap({ a = 1 })", "{ Ada = 1 }"],
                             ["local.map", "local.ages", "sensitive(local.ages)", "sensitive(local.map)"])
        n, s, l, m = (lambda: self.typed(self.number, depth - 1), lambda: self.typed(self.string, depth - 1),
                      lambda: self.typed(self.list, depth - 1), lambda: self.typed(self.map, depth - 1))
        return self.pick(
            lambda: f"{{ a = {n()}, ({s()}) = {n()} }}", lambda: f"merge({m()}, {m()})", lambda: f"tomap({m()})",
            lambda: self.for_map(n, l), lambda: f"zipmap({l()}, [{n()}, {n()}])", lambda: self.conditional(m, depth),
            lambda: f"{{ for k, v in {m()} : k => v }}", lambda: f"{{ for k, v in {m()} : upper(k) => v + {n()} if v > {n()} }}",
            lambda: f"{{ for x in {l()} : x => {n()}... }}", lambda: f"transpose({{ a = {l()} }})",
        )

    def object(self, depth):
        if depth <= 0:
            return self.random.choice(["local.object", "local.person", '{ a = "x", b = 1 }', "{ a = local.string, b = null }",
                                       '{ a = sensitive("s"), b = local.number }', 'sensitive({ a = "x", b = 1 })'])
        s = lambda: self.typed(self.string, depth - 1)
        return self.pick(lambda: f"{{ a = {s()}, b = {self.any(depth - 1)} }}", lambda: f"merge({self.object(depth - 1)}, {{ a = {s()} }})",
                         lambda: self.conditional(lambda: self.object(depth - 1), depth))

    def collection(self, depth):
        return self.pick(lambda: self.set(depth), lambda: self.list(depth), lambda: self.map(depth))

    def conditional(self, method, depth):
        return f"({self.bool(depth - 1)} ? {method()} : {method()})"

    def for_list(self, element, collection):
        name = f"v{len(self.bound)}"
        source = collection()
        self.bound.append((name, "string"))
        body, condition = element(), self.pick("", f" if {name} != \"a\"", lambda: f" if {self.bool(1)}")
        self.bound.pop()
        return f"[for {name} in {source} : {body}{condition}]"

    def for_map(self, element, collection):
        index, name = f"i{len(self.bound)}", f"v{len(self.bound) + 1}"
        source = collection()
        self.bound += [(index, "number"), (name, "string")]
        body, grouping = element(), self.pick("", "", "...")
        self.bound = self.bound[:-2]
        return f"{{ for {index}, {name} in {source} : {name} => {body}{grouping} }}"


UNKNOWN = ["local.string", "local.number", "local.bool", "local.list", "local.set", "local.map", "local.object", "local.any"]
OPERANDS = UNKNOWN + [
    "null", "tostring(null)", "local.secret", "sensitive(local.number)", "sensitive(local.string)", "{ a = local.string, b = 1 }",
    "[local.number, 2]", '"x${local.string}"', "length(local.list)", "sensitive({ a = local.any })", "tolist([local.string])",
]
BINARY = ["+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||"]
PARTNERS = {"+": ["1"], "-": ["1"], "*": ["0"], "/": ["2"], "%": ["2"], "<": ["0"], "<=": ["-1"], ">": ["-1"], ">=": ["0"],
            "==": ["null", '"y"', "1", '{ a = "x", b = 1 }', "[1, 2]", "[]"], "!=": ["null", '"x1"', "-1"],
            "&&": ["false", "true"], "||": ["true", "false"]}
# A function with arguments that fit, the one under test written as @ with the kind of value that it wants.
CALLS = """
upper(@s) lower(@s) title(@s) strrev(@s) trimspace(@s) chomp(@s) trim(@s, "x") trimprefix(@s, "x") trimsuffix(@s, "x")
indent(2, @s) replace(@s, "x", "y") replace("x", @s, "y") substr(@s, 0, 1) substr("xyz", @n, 1) split(",", @s) split(@s, "a,b")
join(",", @l) join(@s, ["a", "b"]) format("%s", @s) format("%d", @n) format("a%sb", @o) formatlist("%s", @l) regex("x", @s)
regexall("x", @s) startswith(@s, "x") endswith(@s, "x") strcontains(@s, "x") startswith("x", @s) parseint(@s, 10) abs(@n) ceil(@n)
floor(@n) log(@n, 10) pow(@n, 2) signum(@n) max(@n, 1) min(@n, 1) max(@l...) sum([@n, 1]) tostring(@n) tonumber(@s) tobool(@b)
tolist(@l) toset(@l) tomap(@m) toset(@c) length(@l) length(@m) length(@c) length(@s) length(@o) concat(@l, ["a"]) concat(["a"], @l)
contains(@l, "a") contains(["a", "b"], @s) contains(@c, "a") distinct(@l) element(@l, 0) element(["a"], @n) flatten([@l, "a"]) flatten(@l)
index(@l, "a") index(["a"], @s) keys(@m) keys(@o) values(@m) values(@o) lookup(@m, "a", 0) lookup({ a = 1 }, @s, 0) lookup(@o, "a", "z")
merge(@m, { a = 1 }) merge({ a = 1 }, @o) merge(@o, @o) one(@l) one(@c) reverse(@l) sort(@l) slice(@l, 0, 1) slice(["a", "b"], 0, @n)
chunklist(@l, 2) chunklist(["a", "b"], @n) coalesce(@s, "a") coalesce(null, @s) coalesce("a", @s) coalescelist(@l, ["a"])
coalescelist([], @l) compact(@l) compact([@s, ""]) matchkeys(@l, ["a"], ["a"]) matchkeys(["a"], @l, ["a"]) range(@n) range(0, @n, 1)
setunion(@c, ["a"]) setintersection(@c, ["a"]) setsubtract(@c, ["a"]) setproduct(@c, ["a"]) setproduct(["a"], [@s, "b"]) transpose({ a = @l })
zipmap(["a"], [@s]) zipmap([@s], ["a"]) zipmap(@l, @l) alltrue([@b, true]) alltrue([@b, false]) anytrue([@b, true]) anytrue([@b, false])
alltrue(@l) jsonencode(@o) jsonencode(@s) jsondecode(@s) yamlencode(@o) yamldecode(@s) csvdecode(@s) base64encode(@s) base64decode(@s)
base64sha256(@s) urlencode(@s) md5(@s) sha256(@s) uuidv5("dns", @s) cidrhost(@s, 1) cidrnetmask(@s) cidrsubnet(@s, 8, 1)
cidrsubnets(@s, 8) basename(@s) dirname(@s) pathexpand(@s) file(@s) fileexists(@s) timeadd(@s, "1h") timecmp(@s, @s)
formatdate("YYYY", @s) try(@s, "a") try(@o.zz, "a") can(@s) can(@o.a) can(tonumber(@s)) sensitive(@s) nonsensitive(@s) issensitive(@s)
issensitive(@o) issensitive(@o.a) ephemeralasnull(@o) templatestring(@s, {}) textencodebase64(@s, "UTF-8") strcontains("abc", @s)
""".split("\n")
ARGUMENTS = {
    "s": ["local.string", "local.secret", "sensitive(local.string)", "tostring(null)", '"x${local.string}"'],
    "n": ["local.number", "sensitive(1)", "sensitive(local.number)", "tonumber(null)"],
    "b": ["local.bool", "sensitive(true)", "tobool(null)"],
    "l": ["local.list", "[local.string]", "sensitive(local.words)", '["a", sensitive("b")]', "null", "tolist([local.string, null])"],
    "c": ["local.set", "toset([local.string])", "sensitive(local.unique)"],
    "m": ["local.map", "{ a = local.number }", "sensitive(local.ages)", "{ a = sensitive(1) }"],
    "o": ["local.object", "{ a = local.string, b = 1 }", 'sensitive({ a = "s" })', '{ a = sensitive("s") }', "local.any"],
}


def matrix():
    """Every operator and every function with unknown, null and sensitive values."""
    expressions = {}
    for operand in OPERANDS:
        for operator in BINARY:
            for partner in PARTNERS[operator]:
                expressions[f"{operand} {operator} {partner}"] = None
                if "sensitive" in operand:
                    expressions[f"issensitive({operand} {operator} {partner})"] = None
        more = [f"!{operand}", f"-{operand}", f"{operand} ? 1 : 2", f'"a${{{operand}}}b"', f'"${{{operand}}}"',
                f"true ? {operand} : null", f"local.bool ? {operand} : {operand}", f"sensitive(true) ? {operand} : null",
                f"[for x in {operand} : x]", f"{{ for k, v in {operand} : k => v }}", f"{operand}[*]", f"{operand}[0]",
                f'{operand}["a"]', f"{operand}.a", f"[{operand}] == [{operand}]", f"{operand} == {operand}",
                f"issensitive({operand})", f"[for x in [{operand}] : x if x != null]",
                f'"%{{ if {operand} == null }}a%{{ endif }}"', f'"%{{ for x in {operand} }}${{x}}%{{ endfor }}"']
        expressions.update(dict.fromkeys(more))
    for call in calls():
        kind = call[call.index("@") + 1]
        for argument in ARGUMENTS[kind]:
            expressions[filled(call, kind, argument)] = None
            if "sensitive" in argument and "sensitive" not in call:
                expressions[f"issensitive({filled(call, kind, argument)})"] = None
    return list(expressions)


def calls():
    """The entries of CALLS: each ends where its parentheses close."""
    for line in CALLS:
        depth, start = 0, 0
        for at, character in enumerate(line):
            depth += {"(": 1, ")": -1}.get(character, 0)
            if character == ")" and depth == 0:
                yield line[start : at + 1].strip()
                start = at + 1


def filled(call, kind, argument):
    return call.replace("@" + kind, argument)


if __name__ == "__main__":
    main()
