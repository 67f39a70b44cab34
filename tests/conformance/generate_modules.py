#!/usr/bin/env python3
"""Writes suites of random modules with tests, in the form of `suites/*.txt`.

    generate_modules.py --seed 7 --count 50
    generate_modules.py --seed 7 --count 50 --wide

The output depends on the arguments alone; the suite `s7_12` has the seed 7 and the number 12, `w7_12` is a wide one: it
has imports, provisioners, override files, JSON files, data of checks, and overrides in tests besides. Everything is made of
`terraform_data`: locals, variables with validations, outputs, modules, `count` and `for_each`, conditions, checks, and a
second version of the module that has objects moved, removed and renamed. Most suites are right, some have a mistake.
`suites/generated.txt` is such output.
"""

import argparse
import copy
import random

KINDS = ["number", "string", "bool", "list", "map", "object"]
TYPES = {"number": "number", "string": "string", "bool": "bool", "list": "list(string)", "map": "map(number)",
         "object": "object({ a = number, b = optional(string, \"none\"), c = optional(list(bool)) })"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--wide", action="store_true")
    arguments = parser.parse_args()
    for number in range(arguments.count):
        letter = "w" if arguments.wide else "s"
        source = random.Random(f"{'wide ' if arguments.wide else ''}{arguments.seed}/{number}")
        print(suite(f"{letter}{arguments.seed}_{number}", source, arguments.wide), end="")


def suite(name, source, wide):
    """One suite: a root module, a module that it calls, perhaps a second version, and a test file."""
    mistakes = source.choice([0, 0, 0, 0.03])
    child = Module(source, mistakes)
    child.fill(source.randint(1, 3), None)
    root = Module(source, mistakes)
    root.fill(source.randint(3, 7), child)
    if wide:
        root.widen()
    files = {"main.tf": root.text(), "m/main.tf": child.text()}
    later = None
    if source.random() < 0.45:
        later = copy.deepcopy(root)
        later.source = source
        later.change()
        files["later/main.tf"] = later.text().replace('"./m"', '"../m"')
    tests = Tests(source, mistakes, root, later)
    files["a.tftest.hcl"] = tests.text()
    if wide:
        files |= root.others()
        files["a.tftest.hcl"] = tests.overrides() + files["a.tftest.hcl"]
    head = f"=== {name}\n" + ("args: -verbose\n" if source.random() < 0.7 else "")
    return head + "".join(f"//- /{path}\n{text}" for path, text in files.items())


class Expressions:
    """One method per kind of value; `depth` is how many levels may still stand inside."""

    def __init__(self, source, mistakes):
        self.source = source
        self.mistakes = mistakes
        # What may be named, by kind.
        self.names = {kind: [] for kind in KINDS}

    def chance(self, probability):
        return self.source.random() < probability

    def of(self, kind, depth=2):
        if self.chance(self.mistakes):
            return self.wrong(kind)
        if self.names[kind] and self.chance(0.45):
            return self.source.choice(self.names[kind])
        if depth <= 0:
            return self.literal(kind)
        return getattr(self, kind)(depth - 1)

    def wrong(self, kind):
        known = [name for names in self.names.values() for name in names] or ["local.none"]
        return self.source.choice([
            "local.nope", "var.nope", "terraform_data.nope", "module.nope.o", "module.c.nope", "data.terraform_remote_state.x.y",
            "each.key", "count.index", "self.id", "path.nope", "terraform.nope", "nope", "null", '"${}"', "[][0]", "{}.a",
            "tonumber(\"x\")", "sensitive(1)", "nope()", "length(1)", "1 + true + \"x\"", "timestamp()", "ephemeral.x.y.z",
            self.literal(self.source.choice(KINDS)), self.source.choice(known), f"{self.source.choice(known)}.nope",
            f"{self.source.choice(known)}[0]", f"{self.source.choice(known)}[\"x\"].y", f"sensitive({self.source.choice(known)})",
        ])

    def literal(self, kind):
        word = lambda: self.source.choice(["a", "b", "c", "d e", "", "é", "x-1"])
        if kind == "number":
            return str(self.source.choice([0, 1, 2, 3, 10, -1, 2.5]))
        if kind == "string":
            return f'"{word()}"'
        if kind == "bool":
            return self.source.choice(["true", "false"])
        if kind == "list":
            return "[" + ", ".join(f'"{word()}"' for _ in range(self.source.randint(0, 3))) + "]"
        keys = self.source.sample(["a", "b", "c", "d"], self.source.randint(1, 3))
        if kind == "map":
            return "{ " + ", ".join(f"{key} = {self.source.randint(0, 3)}" for key in sorted(keys)) + " }"
        return self.source.choice(['{ a = 1 }', '{ a = 2, b = "x" }', '{ a = 3, b = null, c = [true] }', '{ a = "4", c = [] }'])

    def number(self, depth):
        n = lambda: self.of("number", depth)
        return self.source.choice([
            lambda: f"{n()} + {n()}", lambda: f"{n()} * {n()}", lambda: f"({n()} - {n()})", lambda: f"max({n()}, {n()})",
            lambda: f"length({self.of(self.source.choice(['list', 'map', 'string']), depth)})",
            lambda: f"({self.of('bool', depth)} ? {n()} : {n()})", lambda: f"try({self.of('map', depth)}[\"a\"], {n()})",
            lambda: f"lookup({self.of('map', depth)}, \"b\", {n()})", lambda: f"{self.of('object', depth)}.a",
            lambda: f"sum(concat([0], values({self.of('map', depth)})))", lambda: f"sensitive({n()})",
        ])()

    def string(self, depth):
        s = lambda: self.of("string", depth)
        return self.source.choice([
            lambda: f'"x${{{s()}}}-${{{self.of("number", depth)}}}"', lambda: f"upper({s()})", lambda: f"join(\"-\", {self.of('list', depth)})",
            lambda: f"({self.of('bool', depth)} ? {s()} : {s()})", lambda: f"coalesce({s()}, \"z\")",
            lambda: f"try({self.of('list', depth)}[0], {s()})", lambda: f"format(\"%s/%v\", {s()}, {self.of('number', depth)})",
            lambda: f"jsonencode({self.of(self.source.choice(KINDS), depth)})", lambda: f"nonsensitive(sensitive({s()}))",
            lambda: f"\"%{{ if {self.of('bool', depth)} }}y%{{ else }}${{{s()}}}%{{ endif }}\"", lambda: f"sensitive({s()})",
        ])()

    def bool(self, depth):
        kind = self.source.choice(KINDS)
        return self.source.choice([
            lambda: f"{self.of('number', depth)} > {self.of('number', depth)}", lambda: f"{self.of(kind, depth)} == {self.of(kind, depth)}",
            lambda: f"!{self.of('bool', 0)}", lambda: f"({self.of('bool', depth)} && {self.of('bool', depth)})",
            lambda: f"contains({self.of('list', depth)}, {self.of('string', depth)})", lambda: f"can({self.of(kind, depth)})",
            lambda: f"({self.of('bool', depth)} || {self.of('bool', depth)})", lambda: f"{self.of(kind, depth)} != null",
            lambda: f"alltrue([for x in {self.of('list', depth)} : x != {self.of('string', depth)}])",
        ])()

    def list(self, depth):
        l = lambda: self.of("list", depth)
        return self.source.choice([
            lambda: f"[{self.of('string', depth)}, {self.of('string', depth)}]", lambda: f"concat({l()}, {l()})",
            lambda: f"[for x in {l()} : upper(x)]", lambda: f"keys({self.of('map', depth)})", lambda: f"sort(distinct({l()}))",
            lambda: f"[for k, v in {self.of('map', depth)} : \"${{k}}=${{v}}\" if v > {self.of('number', 0)}]",
            lambda: f"({self.of('bool', depth)} ? {l()} : {l()})", lambda: f"tolist({l()})", lambda: f"[for i in range(2) : tostring(i)]",
        ])()

    def map(self, depth):
        m = lambda: self.of("map", depth)
        return self.source.choice([
            lambda: f"{{ a = {self.of('number', depth)}, b = {self.of('number', depth)} }}", lambda: f"merge({m()}, {m()})",
            lambda: f"{{ for k, v in {m()} : k => v + {self.of('number', 0)} }}", lambda: f"tomap({m()})",
            lambda: f"({self.of('bool', depth)} ? {m()} : {m()})", lambda: f"{{ for x in distinct({self.of('list', depth)}) : x => length(x) }}",
        ])()

    def object(self, depth):
        return self.source.choice([
            lambda: f"{{ a = {self.of('number', depth)}, b = {self.of('string', depth)} }}",
            lambda: f"{{ a = {self.of('number', depth)}, c = [{self.of('bool', depth)}] }}",
            lambda: f"merge({{ a = {self.of('number', depth)} }}, {self.of('object', 0)})",
        ])()


class Module:
    """Declarations that name only what was declared before them, so that there is no cycle unless by mistake."""

    def __init__(self, source, mistakes):
        self.source = source
        self.mistakes = mistakes
        self.expressions = Expressions(source, mistakes)
        # Pairs of a kind and what the declaration is made of.
        self.variables, self.locals, self.resources, self.calls, self.outputs, self.extra = {}, {}, {}, {}, {}, []

    def of(self, kind, depth=2):
        return self.expressions.of(kind, depth)

    def chance(self, probability):
        return self.source.random() < probability

    def name(self, kind, reference):
        self.expressions.names[kind].append(reference)

    def fill(self, count, child):
        for number in range(self.source.randint(1, 3)):
            self.add_variable(f"v{number}", required=child is None and self.chance(0.3))
        for number in range(count):
            make = self.source.choice([self.add_local, self.add_resource, self.add_resource])
            if child and self.chance(0.3):
                self.add_call(f"c{number}" if self.calls else "c", child)
            else:
                make(f"{'lr'[make == self.add_resource]}{number}")
        for number in range(self.source.randint(1, 3)):
            self.add_output(f"o{number}")
        if self.chance(0.3):
            self.extra.append(self.check())

    def add_variable(self, name, required):
        kind = self.source.choice(KINDS)
        lines = [f"type = {TYPES[kind]}"] if self.chance(0.8) else []
        if not required:
            lines.append(f"default = {'null' if self.chance(0.05) else self.expressions.literal(kind)}")
        if self.chance(0.1):
            lines.append("sensitive = true")
        if self.chance(0.1):
            lines.append("nullable = false")
        if self.chance(0.05):
            lines.append("ephemeral = true")
        if self.chance(0.2):
            own = Expressions(self.source, self.mistakes)
            own.names = {k: list(names) for k, names in self.expressions.names.items()}
            own.names[kind] += [f"var.{name}"] * 3
            lines += condition("validation", f"{self.compare(own, kind, f'var.{name}')}", own)
        self.variables[name] = {"kind": kind, "lines": lines, "required": required}
        self.name(kind, f"var.{name}")

    def compare(self, expressions, kind, name):
        return self.source.choice([
            f"{name} != {expressions.of(kind, 1)}", f"can({name})", f"length(jsonencode({name})) < 12", f"{name} == {expressions.of(kind, 1)}"])

    def add_local(self, name):
        kind = self.source.choice(KINDS)
        self.locals[name] = self.of(kind, 3)
        self.name(kind, f"local.{name}")

    def add_resource(self, name):
        kind = self.source.choice(KINDS)
        address = f"terraform_data.{name}"
        block = {"kind": kind, "input": self.of(kind), "repeat": None, "lines": []}
        repeat = self.source.choice(["", "", "", "count", "for_each"])
        if repeat == "count":
            block["repeat"] = "count = " + self.source.choice(["1", "2", "0", self.of("number", 1), "var.nope ? 1 : 0" if self.chance(self.mistakes) else "2"])
            if self.chance(0.3):
                block["input"] = "count.index"
                block["kind"] = kind = "number"
            self.name("number", f"length({address})")
            self.name(kind, f"try({address}[0].output, {self.expressions.literal(kind)})")
        elif repeat == "for_each":
            block["repeat"] = "for_each = " + self.source.choice(['toset(["a", "b"])', '{ a = 1, b = 2 }', self.of("map", 1), f"toset({self.of('list', 1)})"])
            if self.chance(0.3):
                block["input"] = self.source.choice(["each.key", "each.value"])
                block["kind"] = kind = "string"
            self.name("list", f"keys({address})")
            self.name(kind, f"try({address}[\"a\"].output, {self.expressions.literal(kind)})")
        else:
            self.name(kind, f"{address}.output")
            self.name(kind, f"{address}.input")
            self.name("string", f"{address}.id")
        others = [other for other in self.resources]
        if self.chance(0.25):
            block["lines"].append(f"triggers_replace = {self.of(self.source.choice(KINDS), 1)}")
        if others and self.chance(0.15):
            block["lines"].append(f"depends_on = [terraform_data.{self.source.choice(others)}]")
        life = []
        if self.chance(0.2):
            life.append("create_before_destroy = true")
        if others and self.chance(0.1):
            life.append(f"replace_triggered_by = [terraform_data.{self.source.choice(others)}]")
        if self.chance(0.07):
            life.append(f"ignore_changes = {self.source.choice(['all', '[input]', '[triggers_replace]'])}")
        if self.chance(0.03):
            life.append("prevent_destroy = true")
        if self.chance(0.2):
            life += condition("precondition", self.of("bool"), self.expressions)
        if self.chance(0.2):
            own = self.source.choice([f"self.output == {self.of(kind, 1)}", "self.input != null", 'self.id != ""', self.of("bool", 1)])
            life += condition("postcondition", own, self.expressions)
        if life:
            block["lines"] += ["lifecycle {", *("  " + line for line in life), "}"]
        self.resources[name] = block

    def add_call(self, name, child):
        repeat = self.source.choice(["", "", "", "count = 2", 'for_each = toset(["a", "b"])', f"count = {self.of('number', 1)}"])
        lines = []
        for variable, declared in child.variables.items():
            if declared["required"] or self.chance(0.6):
                lines.append(f"{variable} = {self.of(declared['kind'])}")
        if self.resources and self.chance(0.1):
            lines.append(f"depends_on = [terraform_data.{self.source.choice(list(self.resources))}]")
        self.calls[name] = {"repeat": repeat or None, "lines": lines}
        for output, declared in child.outputs.items():
            kind = declared["kind"]
            if not repeat:
                self.name(kind, f"module.{name}.{output}")
            elif repeat.startswith("count"):
                self.name(kind, f"try(module.{name}[0].{output}, {self.expressions.literal(kind)})")
                self.name("number", f"length(module.{name}[*].{output})")
            else:
                self.name(kind, f"module.{name}[\"a\"].{output}")
                self.name("list", f"[for k, m in module.{name} : k]")

    def add_output(self, name):
        kind = self.source.choice(KINDS)
        lines = [f"value = {self.of(kind)}"]
        if self.chance(0.25):
            lines.append("sensitive = true")
        if self.chance(0.03):
            lines.append("ephemeral = true")
        if self.chance(0.15):
            lines += condition("precondition", self.of("bool"), self.expressions)
        self.outputs[name] = {"kind": kind, "lines": lines}

    def check(self):
        lines = ['check "k" {']
        for _ in range(self.source.randint(1, 2)):
            lines += ["  " + line for line in condition("assert", self.of("bool"), self.expressions)]
        return "\n".join([*lines, "}"])

    def widen(self):
        """Adds what only a part of all modules has."""
        for name, block in self.resources.items():
            repeat = block["repeat"] or ""
            if self.chance(0.2):
                when = self.source.choice(["", "when = destroy", "when = create"])
                command = self.source.choice(['"true"', '"echo ${self.id != null}"', '"exit 3"' if self.chance(0.3) else '"true"', "upper(self.nope)" if self.chance(self.mistakes) else '"true"'])
                more = self.source.choice(["", "on_failure = continue", 'environment = { A = "b" }', "quiet = true"])
                block["lines"] += ['provisioner "local-exec" {', *(f"  {line}" for line in (f"command = {command}", when, more) if line), "}"]
            if self.chance(0.15):
                to, each = f"terraform_data.{name}", ""
                if repeat.startswith("count"):
                    to += f"[{self.source.choice(['0', '0', '1', '7'])}]"
                elif repeat:
                    if self.chance(0.5):
                        to, each = f"{to}[each.key]", "  for_each = " + self.source.choice(['toset(["a"])', '{ a = 1, b = 2 }', "{}", self.of("map", 1)]) + "\n"
                    else:
                        to += '["a"]'
                identity = self.source.choice(['"x"', '"id-${1 + 1}"', self.of("string", 1), "each.key" if each else '"y"'])
                self.extra.append(f"import {{\n{each}  to = {to}\n  id = {identity}\n}}")
        for name, call in self.calls.items():
            if self.chance(0.1):
                key = {"c": "[0]", "f": '["a"]'}.get((call["repeat"] or "x")[0], "")
                self.extra.append(f'import {{\n  to = module.{name}{key}.terraform_data.{self.source.choice(["r0", "r1", "r2"])}\n  id = "in"\n}}')
        if self.chance(0.3):
            path = self.source.choice(["nowhere.tfstate", "there.tfstate"])
            lines = ['check "d" {', '  data "terraform_remote_state" "s" {', '    backend  = "local"', f'    config   = {{ path = "{path}" }}']
            lines += ['    defaults = { x = 1 }'] if self.chance(0.5) else []
            lines += ["  }", *("  " + line for line in condition("assert", f"data.terraform_remote_state.s.outputs.x == {self.of('number', 1)}", self.expressions)), "}"]
            self.extra.append("\n".join(lines))
        if self.chance(0.25):
            lines = ['backend = "local"', 'config  = { path = "there.tfstate" }']
            if self.chance(0.3):
                lines.append(f"count = {self.of('number', 1)}")
                self.name("number", "length(data.terraform_remote_state.t)")
            else:
                self.name("number", "data.terraform_remote_state.t.outputs.x")
                self.name("list", "data.terraform_remote_state.t.outputs.list")
                lines += [f"depends_on = [terraform_data.{self.source.choice(list(self.resources))}]"] if self.resources and self.chance(0.3) else []
            self.extra.append(body('data "terraform_remote_state" "t"', lines))
            self.add_output("read")
        if self.chance(0.2):
            self.locals["temporary"] = "terraform.applying" if self.chance(0.5) else "ephemeralasnull(terraform.applying)"
            self.name("bool", "local.temporary")
            self.add_output("temporary")

    def others(self):
        """Files besides the module's first."""
        state = '{"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "outputs": {"x": {"value": 1, "type": "number"}, ' \
                '"list": {"value": ["a", "b"], "type": ["list", "string"]}}, "resources": []}\n'
        files = {"there.tfstate": state}
        if self.chance(0.3):
            blocks = []
            if self.chance(0.5):
                name = self.source.choice(list(self.variables))
                kind = self.variables[name]["kind"]
                blocks.append(body(f'variable "{name}"', [f"default = {self.expressions.literal(kind)}"]))
            if self.locals and self.chance(0.5):
                name = self.source.choice(list(self.locals))
                blocks.append(body("locals", [f"{name} = {self.expressions.literal(self.source.choice(KINDS))}"]))
            if self.outputs and self.chance(0.5):
                name = self.source.choice(list(self.outputs))
                blocks.append(body(f'output "{name}"', [self.source.choice([f"value = {self.of('string', 1)}", "sensitive = true"])]))
            if self.resources and self.chance(0.6):
                name = self.source.choice(list(self.resources))
                lines = [self.source.choice([f"input = {self.of('string', 1)}", "triggers_replace = 1", "lifecycle {\n    create_before_destroy = true\n  }"])]
                blocks.append(body(f'resource "terraform_data" "{name}"', lines))
            files[self.source.choice(["override.tf", "a_override.tf"])] = "\n".join(blocks) + "\n"
        if self.chance(0.3):
            quoted = lambda text: '"${' + text.replace("\\", "\\\\").replace('"', '\\"') + '}"'
            outputs = ", ".join(f'"j{number}": {{"value": {quoted(self.of(self.source.choice(KINDS)))}}}' for number in range(2))
            files["more.tf.json"] = f'{{"output": {{{outputs}}}}}\n'
        return files

    def change(self):
        """Becomes a later version of itself."""
        # Only a root module imports.
        self.extra = [block for block in self.extra if not block.startswith("import")]
        for name in list(self.resources):
            block = self.resources[name]
            what = self.source.choice(["keep", "keep", "input", "rename", "drop", "forget", "repeat"])
            if what == "input":
                block["input"] = self.expressions.literal(block["kind"])
            elif what == "rename" and not self.named(name):
                new = f"{name}x"
                self.resources = {new if key == name else key: value for key, value in self.resources.items()}
                self.extra.append(f"moved {{\n  from = terraform_data.{name}\n  to   = terraform_data.{new}\n}}")
                if self.chance(0.2):
                    self.extra.append(f"moved {{\n  from = terraform_data.{name}y\n  to   = terraform_data.{name}\n}}")
            elif what in ("drop", "forget") and not self.named(name):
                del self.resources[name]
                if what == "forget":
                    destroy = self.source.choice(["true", "false"])
                    self.extra.append(f"removed {{\n  from = terraform_data.{name}\n  lifecycle {{\n    destroy = {destroy}\n  }}\n}}")
            elif what == "repeat" and not block["repeat"] and not self.named(name):
                block["repeat"], key = self.source.choice([("count = 2", "[0]"), ('for_each = toset(["a", "b"])', '["a"]'), ("count = 0", "[0]")])
                if self.chance(0.5):
                    self.extra.append(f"moved {{\n  from = terraform_data.{name}\n  to   = terraform_data.{name}{key}\n}}")
        for name in list(self.calls):
            if self.named(name, "module"):
                continue
            what = self.source.choice(["keep", "rename", "drop", "repeat"])
            if what == "rename":
                self.calls = {f"{name}x" if key == name else key: value for key, value in self.calls.items()}
                self.extra.append(f"moved {{\n  from = module.{name}\n  to   = module.{name}x\n}}")
            elif what == "drop":
                del self.calls[name]
                if self.chance(0.5):
                    self.extra.append(f"removed {{\n  from = module.{name}\n  lifecycle {{\n    destroy = false\n  }}\n}}")
            elif what == "repeat" and not self.calls[name]["repeat"]:
                self.calls[name]["repeat"] = "count = 2"
                self.extra.append(f"moved {{\n  from = module.{name}\n  to   = module.{name}[{self.source.randint(0, 1)}]\n}}")

    def named(self, name, kind="terraform_data"):
        """Whether something refers to an object that was there before the change."""
        return self.text().count(f"{kind}.{name}") > 0

    def text(self):
        blocks = []
        for name, variable in self.variables.items():
            blocks.append(body(f'variable "{name}"', variable["lines"]))
        if self.locals:
            blocks.append(body("locals", [f"{name} = {value}" for name, value in self.locals.items()]))
        for name, block in self.resources.items():
            lines = [block["repeat"]] if block["repeat"] else []
            blocks.append(body(f'resource "terraform_data" "{name}"', [*lines, f"input = {block['input']}", *block["lines"]]))
        for name, call in self.calls.items():
            lines = [call["repeat"]] if call["repeat"] else []
            blocks.append(body(f'module "{name}"', ['source = "./m"', *lines, *call["lines"]]))
        for name, output in self.outputs.items():
            blocks.append(body(f'output "{name}"', output["lines"]))
        return "\n".join([*blocks, *self.extra]) + "\n"


class Tests:
    """A test file for a module and its later version."""

    def __init__(self, source, mistakes, root, later):
        self.source, self.mistakes, self.root, self.later = source, mistakes, root, later

    def chance(self, probability):
        return self.source.random() < probability

    def text(self):
        runs, before = [], []
        if self.chance(0.2):
            runs.append(body("variables", self.values()))
        count = self.source.randint(1, 3)
        for number in range(count):
            later = self.later is not None and number > 0 and (number == count - 1 or self.chance(0.5))
            runs.append(self.run(f"r{number}", later, before))
            before.append(f"r{number}")
        if self.later is not None and count == 1:
            runs.append(self.run("r1", True, before))
        return "\n".join(runs) + "\n"

    def overrides(self):
        """Blocks that stand before everything else in the file."""
        blocks = []
        during = lambda: ["override_during = plan"] if self.chance(0.4) else []
        for name, block in self.root.resources.items():
            if self.chance(0.12):
                key = self.source.choice(["", "[0]", '["a"]']) if block["repeat"] else ""
                lines = [f"target = terraform_data.{name}{key}"]
                lines += [self.source.choice(['values = { id = "made" }', 'values = { id = "made", output = "made" }', 'values = { id = "made", nope = 1 }'])]
                blocks.append(body("override_resource", lines + during()))
        for name, call in self.root.calls.items():
            if self.chance(0.12):
                key = self.source.choice(["", "[0]", '["a"]']) if call["repeat"] else ""
                outputs = ", ".join(f"o{number} = {self.root.expressions.literal(self.source.choice(KINDS))}" for number in range(self.source.randint(0, 2)))
                blocks.append(body("override_module", [f"target = module.{name}{key}", f"outputs = {{ {outputs} }}"] + during()))
        if self.chance(0.1):
            blocks.append(body('mock_provider "terraform"', ['mock_resource "terraform_data" {', '  defaults = { id = "mocked" }', "}"]))
        return "\n".join(blocks) + ("\n" if blocks else "")

    def values(self):
        return [f"{name} = {self.root.expressions.literal(variable['kind'])}"
                for name, variable in self.root.variables.items() if self.chance(0.5)]

    def run(self, name, later, before):
        module = self.later if later else self.root
        lines = []
        if self.chance(0.35):
            lines.append("command = plan")
        if self.later is not None:
            lines.append('state_key = "one"')
        if later:
            lines += ["module {", '  source = "./later"', "}"]
        names = list(module.resources)
        options = []
        if self.chance(0.06):
            options.append("mode = refresh-only")
        if names and self.chance(0.08):
            options.append(f"target = [terraform_data.{self.source.choice(names)}]")
        if names and self.chance(0.08) and "mode = refresh-only" not in options:
            options.append(f"replace = [terraform_data.{self.source.choice(names)}]")
        if self.chance(0.04):
            options.append("refresh = false")
        if options:
            lines += ["plan_options {", *("  " + line for line in options), "}"]
        values = self.values()
        if values and self.chance(0.5):
            lines += ["variables {", *("  " + line for line in values), "}"]
        own = Expressions(self.source, self.mistakes)
        own.names = {kind: list(names) for kind, names in module.expressions.names.items()}
        for output, declared in module.outputs.items():
            own.names[declared["kind"]] += [f"output.{output}"] * 3
        for run in before:
            for output, declared in self.root.outputs.items():
                own.names[declared["kind"]].append(f"run.{run}.{output}")
        for _ in range(self.source.randint(0, 2)):
            lines += condition("assert", own.of("bool", 2), own)
        if self.chance(0.1):
            expected = [f"var.{name}" for name in module.variables] + [f"output.{name}" for name in module.outputs]
            expected += [f"terraform_data.{name}" for name in names] + ["check.k"]
            lines.append(f"expect_failures = [{self.source.choice(expected)}]")
        return body(f'run "{name}"', lines)


def condition(block, expression, expressions):
    message = expressions.of("string", 1) if expressions.chance(0.3) else '"It has to hold."'
    return [f"{block} {{", f"  condition     = {expression}", f"  error_message = {message}", "}"]


def body(header, lines):
    return "\n".join([header + " {", *("  " + line for line in lines), "}"])


if __name__ == "__main__":
    main()
