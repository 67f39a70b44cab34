"""Texts for the formatter: random configuration in random blank space, the same for the same seed."""

import random

NAMES = ["a", "bb", "ccc", "in", "for", "if", "foo-bar", "x1", "längd", "var", "type", "list"]
LITERALS = ["1", "2.5", "1e3", "0", '"s"', '""', '"a b"']
BINARY = ["+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "&&", "||"]
TEXTS = ["t", " t ", "$${x}", "é", "%", "$", "a   b", "# no"]
INDENTS = ["", " ", "  ", "    ", "\t"]


def generated(seed):
    """A configuration text. Most parse, some do not."""
    chance = random.Random(seed)
    text = Writer(chance).body(3)
    end = chance.random()
    if end < 0.05:
        return text.replace("\n", "\r\n")
    if end < 0.10:
        return text[:-1] + chance.choice(["", " ", "\t"])
    if end < 0.12:
        return "\ufeff" + text
    return text


class Writer:
    def __init__(self, chance):
        self.chance = chance
        # Whether newlines may stand between tokens: how many brackets are open.
        self.brackets = 0

    def one_of(self, *choices):
        return self.chance.choice(choices)

    def often(self, probability):
        return self.chance.random() < probability

    def within(self, write):
        self.brackets += 1
        text = write()
        self.brackets -= 1
        return text

    def on_line(self, write):
        before, self.brackets = self.brackets, 0
        text = write()
        self.brackets = before
        return text

    def blank(self):
        if self.brackets and self.often(0.10):
            return self.one_of("\n", "\n  ", "\n\n\t")
        if self.brackets and self.often(0.03):
            return self.one_of(" # c\n", "// d \n", "  #\n")
        if self.often(0.04):
            return self.one_of("/*x*/", " /* y */ ")
        return self.one_of("", "", "", " ", " ", " ", "  ", "\t")

    def join(self, *tokens):
        out = ""
        for token in filter(None, tokens):
            blank = self.blank() if out else ""
            glued = out and not blank
            words = glued and is_word(out[-1]) and (is_word(token[0]) or token[0] == ".")
            operators = glued and out[-1] in "&|<>=!+-*/:.%$?" and token[0] in "&|<>=!+-*/:.%{?"
            comment = out.endswith("/") and blank.startswith("/")
            out += (" " if words or operators or comment else "") + blank + token
        return out

    def name(self):
        return self.chance.choice(NAMES)

    def expression(self, depth):
        if depth <= 0:
            return self.chance.choice([self.name(), *LITERALS])
        inner = lambda: self.expression(depth - 1)
        forms = [
            lambda: self.join(inner(), self.chance.choice(BINARY), inner()),
            lambda: self.join(self.one_of("-", "!"), inner()),
            lambda: self.join(inner(), "?", inner(), ":", inner()),
            lambda: self.within(lambda: self.join("(", inner(), ")")),
            lambda: self.within(lambda: self.join("[", *self.list(inner), "]")),
            lambda: self.within(lambda: self.object(inner)),
            lambda: self.call(inner),
            lambda: self.within(lambda: self.for_expression(inner)),
            lambda: self.join(self.name(), ".", self.name()),
            lambda: self.index(inner),
            lambda: '"' + self.template(depth, TEXTS + ['\\"', "\\n"]) + '"',
            lambda: self.heredoc(depth),
            lambda: '"${' + self.one_of("", " ", "\n", "~ ") + self.within(inner) + self.one_of("", " ", "\n", " ~") + '}"',
            lambda: self.expression(0),
        ]
        return self.chance.choice(forms)()

    def list(self, inner):
        tokens = []
        for _ in range(self.chance.randrange(4)):
            tokens += [inner(), ","]
        return tokens[:-1] if self.often(0.6) else tokens

    def object(self, inner):
        tokens = ["{"]
        for _ in range(self.chance.randrange(4)):
            key = self.one_of(self.name(), '"k"', f"({self.name()})", '"${a}"')
            item = self.on_line(lambda: self.join(key, self.one_of("=", ":"), self.within(inner)))
            tokens += [item, self.one_of(",", ",\n", "\n", " # c\n")]
        return self.join(*tokens, "}")

    def call(self, inner):
        name = self.one_of("f", "g", "provider::x::y", "core :: z")
        arguments = self.list(inner)
        if arguments and self.often(0.2):
            arguments.append("...")
        return name + self.one_of("", " ") + self.within(lambda: self.join("(", *arguments, ")"))

    def for_expression(self, inner):
        condition = ["if", inner()] if self.often(0.4) else []
        if self.often(0.5):
            return self.join("[", "for", self.one_of("k", "k , v"), "in", inner(), ":", inner(), *condition, "]")
        group = "..." if self.often(0.3) else ""
        value = [inner(), "=>", inner(), group]
        return self.join("{", "for", self.one_of("k", "k,v"), "in", inner(), ":", *value, *condition, "}")

    def index(self, inner):
        key = self.within(lambda: self.join("[", inner(), "]"))
        return self.name() + self.one_of("", " ") + key + self.one_of("", ".x", "  . y", "[0]", " [ * ]", ".*.z", ".0")

    def template(self, depth, texts):
        out = ""
        for _ in range(self.chance.randrange(4)):
            out += self.chance.choice([self.chance.choice(texts), self.chance.choice(texts), self.sequence(depth, texts)])
        return out

    def sequence(self, depth, texts):
        inner = lambda: self.within(lambda: self.expression(depth - 1))
        kind = self.chance.randrange(4)
        if kind < 2:
            return "${" + self.one_of("", " ", "~ ") + inner() + self.one_of("", " ", " ~") + "}"
        if kind == 2:
            body = self.template(depth - 1, texts) + self.one_of("", "%{ else }q", "%{else~}")
            return "%{" + self.join("if", inner()) + "}" + body + "%{ endif }"
        head = self.join("for", self.one_of("k", "k , v"), "in", inner())
        return "%{" + head + self.one_of("", " ") + "}" + self.template(depth - 1, texts) + "%{ endfor" + self.one_of("", " ~") + "}"

    def heredoc(self, depth):
        marker = self.one_of("EOT", "E", "é")
        lines = [
            self.chance.choice(INDENTS) + self.template(depth, TEXTS + ['"']) + self.one_of("", "  ") + "\n"
            for _ in range(self.chance.randrange(3))
        ]
        end = self.one_of("", " ", "\t  ") + marker + self.one_of("", "", "  ") + "\n"
        return self.one_of("<<", "<<-") + marker + "\n" + "".join(lines) + end

    def attribute(self, names):
        name = self.name()
        if name in names:
            return ""
        names.add(name)
        text = self.on_line(lambda: self.join(name, "=", self.expression(self.chance.randrange(4))))
        comment = self.one_of("", "", "", "", "", " # c", "// d  ", "  #e", " /* f */", "  ")
        return self.chance.choice(INDENTS) + text + ("" if text.endswith("\n") else comment + "\n")

    def block(self, depth):
        header = self.one_of("variable", "variable", "res", "b", "locals")
        for _ in range(self.chance.randrange(3)):
            header += self.one_of(" ", "  ") + self.one_of('"l"', "m", '""', '"a\\"b"', '"é"', '"q r"')
        header += self.one_of("", " ", "  ") + "{"
        kind = self.chance.random()
        if kind < 0.12:
            text = header + self.one_of("", " ") + "}"
        elif kind < 0.25:
            value = self.on_line(lambda: self.expression(1))
            one_line = header + self.one_of("", " ") + self.on_line(lambda: self.join(self.name(), "=", value)) + " }"
            text = header + "\n}" if value.endswith("\n") else one_line
        else:
            comment = self.one_of("", "", "", " # c", "//x")
            text = header + comment + "\n" + self.body(depth - 1) + self.chance.choice(INDENTS) + "}"
        return self.chance.choice(INDENTS) + text + self.one_of("", "", "", " # c", " /* d */") + "\n"

    def body(self, depth):
        out, names = "", set()
        if self.often(0.2):
            kinds = ['"string"', '"list"', '"map"', "list", "map", "set", '"${x}"', "string", "any", "list(string)"]
            out += self.chance.choice(INDENTS) + "type" + self.one_of("=", " = ") + self.chance.choice(kinds) + "\n"
            names.add("type")
        for _ in range(self.chance.randrange(1, 6)):
            kind = self.chance.randrange(12)
            if kind < 6:
                out += self.attribute(names)
            elif kind < 9 and depth > 0:
                out += self.block(depth)
            elif kind == 9:
                out += self.chance.choice(INDENTS) + self.one_of("# c", "// d ", "/* e */", "/* f\n  g */", "#") + "\n"
            else:
                out += self.one_of("\n", "  \n", "\n\n\n")
        return out


def is_word(character):
    return character.isalnum() or character in "_-"
