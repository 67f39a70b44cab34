#!/usr/bin/env python3
"""Writes suites of random trees of modules with tests, in the form of `suites/*.txt`.

    generate_trees.py --seed 7 --count 50

The output depends on the arguments alone; the suite `m7_12` has the seed 7 and the number 12. A root module calls a module
which calls another, each repeated or not, with providers that are passed on, data, sensitive and ephemeral values on the
way, and keys that may not be known. What is random in tests is how such trees are spoken of: mocks and overrides at every
level and of every depth, also in JSON, imports and moves between modules, parallel runs, expected failures, functions of
the built-in provider. `generate_modules.py` makes random expressions, `generate_tests.py` random test files.
"""

import argparse
import json
import random
import re

from generate_modules import body

KEYS = ["", "", "count", "for_each"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=50)
    arguments = parser.parse_args()
    for number in range(arguments.count):
        print(Suite(random.Random(f"trees {arguments.seed}/{number}")).text(f"m{arguments.seed}_{number}"), end="")


class Chooser:
    """Whatever makes choices."""

    def __init__(self, source, mistakes):
        self.source, self.mistakes = source, mistakes

    def chance(self, probability):
        return self.source.random() < probability

    def wrong(self, factor=1.0):
        return self.chance(self.mistakes * factor)

    def choice(self, *options):
        return self.source.choice(options)


class Suite(Chooser):
    """The modules and what stands around them."""

    def __init__(self, source):
        super().__init__(source, source.choice([0, 0, 0.03, 0.08]))
        # How the calls and resources on the way down are repeated.
        self.shape = {name: source.choice(KEYS) for name in ["mid", "leaf", "x", "y"]}
        self.passes = self.chance(0.4)
        self.secret = self.chance(0.3)
        self.fleeting = self.chance(0.15)
        self.has_data = self.chance(0.5)

    def text(self, name):
        state = {"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "resources": [],
                 "outputs": {"x": {"value": 1, "type": "number"}, "list": {"value": ["a", "b"], "type": ["list", "string"]}}}
        files = {"main.tf": self.root(), "mid/main.tf": self.mid(), "leaf/main.tf": self.leaf(), "there.tfstate": json.dumps(state) + "\n"}
        if self.chance(0.4):
            files["later/main.tf"] = self.later(files["main.tf"])
        for path in ["a.tftest.hcl", "tests/b.tftest.hcl"]:
            if path.startswith("a") or self.chance(0.3):
                files[path] = Tests(self, "later/main.tf" in files).text()
        if self.chance(0.25):
            files["c.tftest.json"] = json.dumps(Tests(self, False).json(), indent=1) + "\n"
        arguments = [flag for flag, probability in [("-verbose", 0.5), ("-var=words=[\"b\"]", 0.1), ("-filter=a.tftest.hcl", 0.05)] if self.chance(probability)]
        head = f"=== {name}\n" + (f"args: {' '.join(arguments)}\n" if arguments else "")
        return head + "".join(f"//- /{path}\n{text}" for path, text in files.items())

    def repeated(self, name, unknown=()):
        """The argument that repeats something, as its shape says."""
        if self.shape[name] == "count":
            return ["count = " + self.choice("2", "1", "length(var.words)", *unknown, "0" if self.wrong(3) else "2")]
        if self.shape[name] == "for_each":
            known = ['toset(["a", "b"])', '{ a = "1", b = "2" }', "toset(var.words)", '{ for each in var.words : each => upper(each) }']
            if self.wrong(2):
                known += ['["a"]', "{ a = nope }", "sensitive(toset([\"a\"]))", "null", "toset([null])", "toset([1, 2])", "3"]
            return ["for_each = " + self.choice(*known, *(f"toset([{it}])" for it in unknown))]
        return []

    def one(self, name):
        """What leads to one instance."""
        return {"": "", "count": "[0]", "for_each": '["a"]'}[self.shape[name]]

    def variables(self, default):
        marks = (["sensitive = true"] if self.secret else []) + (["ephemeral = true"] if self.fleeting else [])
        rule = ["validation {", f"  condition     = {self.choice('length(var.words) < 4', 'alltrue([for each in var.words : length(each) < 3])')}",
                '  error_message = "Words: ${length(var.words)}."', "}"]
        return [
            body('variable "words"', ["type = list(string)", *(['default = ["a", "b"]'] if default else []), *(rule if self.chance(0.4) else [])]),
            body('variable "shape"', ["type = " + self.choice("object({ a = string, b = optional(number, 7), c = optional(set(string)) })", "any"), 'default = { a = "s" }', *marks]),
        ]

    def passed(self):
        return ['words = var.words', *(["shape = " + self.choice("var.shape", '{ a = "t", b = "8" }', '{ a = "u", c = ["x", "x"] }')] if self.chance(0.6) else [])]

    def root(self):
        blocks = self.variables(True)
        if self.passes:
            blocks += [body('provider "terraform"', ['alias = "other"'])]
        blocks.append(body("locals", ['all = [for each in var.words : "${each}!"]', f"secret = {self.choice('sensitive(local.all)', 'local.all', 'toset(local.all)')}"]))
        blocks.append(body('resource "terraform_data" "top"', ["input = " + self.choice("var.words", "local.secret", "local.all[0]", '{ a = timestamp() }' if self.wrong() else "1"), *self.life()]))
        unknown = ["terraform_data.top.id"] if self.wrong(3) else []
        call = ['source = "./mid"', *self.repeated("mid", unknown), *self.passed()]
        call += ["providers = {", f"  terraform = {self.choice('terraform', 'terraform.other', 'terraform.nope' if self.wrong() else 'terraform.other')}", "}"] if self.passes else []
        call += ["depends_on = [terraform_data.top]"] if self.chance(0.15) else []
        blocks.append(body('module "mid"', call))
        one = self.one("mid")
        blocks.append(body('resource "terraform_data" "after"', [f"input = module.mid{one}.x", *(["triggers_replace = [" + self.choice("terraform_data.top.output", "var.words", "terraform_data.top.id") + "]"] if self.chance(0.5) else []), *self.life("terraform_data.top")]))
        blocks += self.functions()
        blocks.append(body('output "x"', [f"value = module.mid{one}.x", *(["sensitive = true"] if self.secret or self.chance(0.2) else []), *(["depends_on = [terraform_data.after]"] if self.chance(0.2) else [])]))
        blocks.append(body('output "all"', [f"value = {self.choice('module.mid', 'module.mid' + (one and '[*]') + '.y' if self.shape['mid'] != 'for_each' else 'keys(module.mid)', 'local.all')}", "sensitive = true"]))
        if self.chance(0.3):
            blocks.append(self.taken_over())
        if self.chance(0.4):
            blocks.append(body('check "top"', body("assert", [f"condition     = {self.choice('length(var.words) == 2', 'terraform_data.top.output != null', f'module.mid{one}.x != null')}", 'error_message = "Not so."']).splitlines()))
        return "\n".join(blocks) + "\n"

    def functions(self):
        """Outputs by functions of the built-in provider."""
        if not self.chance(0.25):
            return []
        value = self.choice('encode_tfvars({ a = 1, b = ["x"] })', "encode_expr(var.words)", 'decode_tfvars("a = [1, true]\\n")', 'decode_tfvars("a = b")' if self.wrong(3) else "encode_expr({ a = null })")
        return [body("terraform", ["required_providers {", "  terraform = {", '    source = "terraform.io/builtin/terraform"', "  }", "}"]), body('output "provided"', [f"value = provider::terraform::{value}"])]

    def taken_over(self):
        to = self.choice("terraform_data.top", f"module.mid{self.one('mid')}.terraform_data.own", f"module.mid{self.one('mid')}.module.leaf{self.one('leaf')}.terraform_data.x{self.one('x')}")
        if self.shape["mid"] == "for_each" and self.chance(0.4):
            return body("import", ['for_each = { a = "one" }', "to       = module.mid[each.key].terraform_data.own", "id       = each.value"])
        return body("import", [f"to = {to}", f"id = {self.choice(chr(34) + 'taken' + chr(34), 'var.words[0]')}"])

    def life(self, other=None):
        lines = []
        if self.chance(0.2):
            lines.append("create_before_destroy = true")
        if other and self.chance(0.2):
            lines.append(f"replace_triggered_by = [{other}{self.choice('', '.input', '.output')}]")
        if self.chance(0.1):
            lines.append("ignore_changes = [input]")
        if self.chance(0.15):
            lines += body("precondition", ["condition     = " + self.choice("length(var.words) > 0", "length(var.words) != 1"), 'error_message = "Words: ${join(",", var.words)}."']).splitlines()
        if self.chance(0.15):
            lines += body("postcondition", ["condition     = " + self.choice("self.id != null", "self.output != \"bad\"", "self.input == self.output"), 'error_message = "After: ${self.id}."']).splitlines()
        return body("lifecycle", lines).splitlines() if lines else []

    def mid(self):
        blocks = self.variables(False)
        blocks.append(body('resource "terraform_data" "own"', ["input = " + self.choice("var.shape", "var.words", '"own"', "var.shape.a"), *self.life()]))
        blocks.append(body('module "leaf"', ['source = "../leaf"', *self.repeated("leaf", ["terraform_data.own.id"] if self.wrong(3) else []), *self.passed()]))
        one = self.one("leaf")
        blocks.append(body('output "x"', [f"value = module.leaf{one}.x", *(["sensitive = true"] if self.secret else []), *(body("precondition", ['condition     = length(var.words) != 3', 'error_message = "Three."']).splitlines() if self.chance(0.2) else [])]))
        blocks.append(body('output "y"', ["value = " + self.choice("terraform_data.own.output", f"module.leaf{one}", "length(var.words)"), *(["sensitive = true"] if self.secret else [])]))
        return "\n".join(blocks) + "\n"

    def leaf(self):
        blocks = self.variables(False)
        if self.has_data:
            blocks.append(body('data "terraform_remote_state" "s"', ['backend = "local"', f"config  = {{ path = {self.choice(chr(34) + 'there.tfstate' + chr(34), 'terraform_data.y' + self.one('y') + '.output' if self.wrong(2) else chr(34) + 'there.tfstate' + chr(34))} }}",
                               *(body("lifecycle", body("postcondition", ["condition     = self.outputs.x == 1", 'error_message = "Not one."']).splitlines()).splitlines() if self.chance(0.3) else [])]))
        value = "data.terraform_remote_state.s.outputs.list" if self.has_data else "var.words"
        blocks.append(body('resource "terraform_data" "x"', [*self.repeated("x"), f"input = {self.choice(value, 'var.shape', 'jsonencode(var.words)')}", *self.life()]))
        blocks.append(body('resource "terraform_data" "y"', [*self.repeated("y"), "input = " + self.choice(f"terraform_data.x{self.one('x')}.id", '"there.tfstate"', f"terraform_data.x{self.one('x')}.output"), *self.life()]))
        one = self.one("x")
        blocks.append(body('output "x"', ["value = " + self.choice(f"terraform_data.x{one}.output", f"terraform_data.y{self.one('y')}.input", value), *(["sensitive = true"] if self.secret else [])]))
        return "\n".join(blocks) + "\n"

    def later(self, root):
        """A later version of the root module, in a folder of its own."""
        root = re.sub(r"^import \{\n(?:  .*\n)*\}\n", "", root.replace('"./mid"', '"../mid"'), flags=re.M)
        changes = [
            ('resource "terraform_data" "after"', 'resource "terraform_data" "moved"', body("moved", ["from = terraform_data.after", "to   = terraform_data.moved"])),
            ('resource "terraform_data" "top" {\n', f'resource "terraform_data" "top" {{\n  count = {self.choice("1", "2")}\n', ""),
            ("", "", body("moved", [f"from = module.mid{self.one('mid')}.terraform_data.own", "to   = terraform_data.risen"]) + "\n" + body('resource "terraform_data" "risen"', ["input = 1"])),
            ("", "", body("removed", [f"from = module.mid.module.leaf.terraform_data.{self.choice('x', 'gone')}", "lifecycle {", "  destroy = false", "}"])),
        ]
        old, new, more = self.source.choice(changes)
        return (root.replace(old, new) if old else root) + ("\n" + more + "\n" if more else "")


class Tests(Chooser):
    """One test file."""

    def __init__(self, suite, later):
        super().__init__(suite.source, suite.mistakes)
        self.suite, self.later = suite, later

    def targets(self):
        """Objects at every depth, with keys and without."""
        mid, leaf = self.suite.one("mid"), self.suite.one("leaf")
        mid, leaf = self.choice(mid, mid, ""), self.choice(leaf, leaf, "")
        deep = f"module.mid{mid}.module.leaf{leaf}"
        key = lambda name: self.choice(self.suite.one(name), self.suite.one(name), "", "[1]" if self.wrong() else "")
        resources = ["terraform_data.top", "terraform_data.after", f"module.mid{mid}.terraform_data.own", f"{deep}.terraform_data.x{key('x')}", f"{deep}.terraform_data.y{key('y')}"]
        resources += ["terraform_data.nope", f"{deep}.terraform_data.nope", "module.nope.terraform_data.x"] if self.wrong() else []
        return resources, [f"module.mid{mid}", deep, *(["module.nope"] if self.wrong() else [])], [f"{deep}.data.terraform_remote_state.s"]

    def override(self):
        """One override as its kind and its arguments."""
        resources, modules, data = self.targets()
        kind = self.choice("resource", "resource", "module", "data")
        if kind == "module":
            values = ("outputs", self.choice('{ x = "over" }', '{ x = "over", y = [1] }', "{}", "{ nope = 1 }", '{ x = { a = 1 } }'))
            lines = [("target", self.source.choice(modules)), values]
        elif kind == "data":
            lines = [("target", self.source.choice(data)), ("values", self.choice('{ outputs = { x = 1, list = ["m"] } }', '{ outputs = { x = 2, list = [] } }', '{ workspace = "w" }' if self.wrong(3) else "{ outputs = { x = 1, list = [] } }"))]
        else:
            lines = [("target", self.source.choice(resources)), ("values", self.choice('{ id = "made" }', '{ id = "made", output = "o" }', '{ id = "made", output = ["o"] }', '{ id = "made", input = "i" }' if self.wrong(3) else '{ id = "i" }'))]
        if self.chance(0.35):
            lines.append(("override_during", self.choice("plan", "plan", "apply")))
        return f"override_{kind}", lines

    def written(self, override):
        kind, lines = override
        return body(kind, [f"{name} = {value}" for name, value in lines])

    def mock(self):
        # What is not given is made up, and differs each time.
        lines = []
        if not self.wrong(0.3):
            inner = ["defaults = " + self.choice('{ id = "mocked" }', '{ id = "mocked", output = "mocked" }')]
            inner += ["override_during = plan"] if self.chance(0.3) else []
            lines += body('mock_resource "terraform_data"', inner).splitlines()
        if self.chance(0.5):
            lines += body('mock_data "terraform_remote_state"', ["defaults = " + self.choice('{ outputs = { x = 1, list = ["m"] } }', '{ outputs = {} }', '{ workspace = "w" }')]).splitlines()
        for _ in range(self.source.randint(0, 1)):
            lines += self.written(self.override()).splitlines()
        lines += ["override_during = " + self.choice("plan", "apply")] if self.chance(0.2) else []
        return lines

    def text(self):
        blocks = []
        if self.wrong():
            blocks.append(body("test", ["parallel = true"]))
        if self.chance(0.3):
            blocks.append(body("variables", ['words = ["a", "c"]', *(['shape = { a = "v", b = null }'] if self.chance(0.5) else [])]))
        mocked = self.chance(0.3)
        alias = mocked and self.chance(0.4)
        if mocked:
            blocks.append(body('mock_provider "terraform"', (['alias = "other"'] if alias else []) + self.mock()))
        blocks += [self.written(self.override()) for _ in range(self.choice(0, 0, 1, 2))]
        count = self.source.randint(1, 4)
        blocks += [self.run(number, alias) for number in range(count)]
        return "\n".join(blocks) + "\n"

    def run(self, number, alias):
        lines = ["command = plan"] if self.chance(0.35) else []
        lines += ["state_key = " + self.choice('"one"', '"two"')] if self.chance(0.3) else []
        lines += ["parallel = true"] if self.wrong(0.5) else []
        later = self.later and number > 0 and self.chance(0.5)
        if later:
            lines += body("module", ['source = "./later"']).splitlines()
        if alias and self.chance(0.5):
            lines += ["providers = {", "  terraform = terraform.other", *(["  terraform.other = terraform.other"] if self.chance(0.5) else []), "}"]
        if self.chance(0.5):
            lines += body("variables", self.values(number)).splitlines()
        lines += [line for _ in range(self.choice(0, 0, 0, 1, 2)) for line in self.written(self.override()).splitlines()]
        if self.chance(0.12):
            options = self.choice("mode = refresh-only", f"target = [{self.source.choice(self.targets()[0] + self.targets()[1])}]", f"replace = [{self.source.choice(self.targets()[0])}]", "refresh = false")
            lines += body("plan_options", [options]).splitlines()
        if self.chance(0.15):
            resources, modules, _ = self.targets()
            named = ["var.words", "output.x", "check.top", *resources[:2], *(resources + modules + ["local.all"] if self.wrong(3) else [])]
            lines.append(f"expect_failures = [{', '.join(self.source.sample(named, self.source.randint(1, 2)))}]")
        if "plan_options {" not in lines:
            lines += [line for _ in range(self.source.randint(0, 2)) for line in self.assertion(number, later).splitlines()]
        return body(f'run "r{number}"', lines)

    def values(self, number):
        before = [f"run.r{number - 1}.x"] if number and self.wrong(2) else []
        lines = ["words = " + self.choice('["a"]', '["a", "b", "c"]', '["a", "bbb"]', "[]" if self.wrong(2) else '["a", "b"]', "var.words" if self.chance(0.3) else '["a"]', *before)]
        lines += ["shape = " + self.choice('{ a = "w" }', "{ a = 1, b = 2, c = [] }", "null" if self.wrong(2) else '{ a = "" }')] if self.chance(0.3) else []
        return lines

    def assertion(self, number, later):
        mid = self.suite.one("mid")
        names = ["output.x", "output.all", f"module.mid{mid}.x", f"module.mid{mid}.y", "terraform_data.after.output", "terraform_data.after.id"]
        names += [] if later else ["terraform_data.top.output", "terraform_data.top.id"]
        names += [f"run.r{number - 1}.x", f"run.r{number - 1}.all"] if number else []
        names += ["module.mid.module.leaf.x", "module.mid[9].x", "var.nope", f"module.mid{mid}.nope"] if self.wrong() else []
        name = self.source.choice(names)
        condition = self.choice(f"{name} != null", f'{name} == "over"', f"can({name}.a)", f"length({name}) > 0", f'jsonencode({name}) != "x"', f"try({name}[0], 1) == 1", f"{name} == {self.source.choice(names)}", f'strcontains("${{{name}}}", "o")')
        return body("assert", [f"condition     = {condition}", "error_message = " + self.choice('"No."', f'"Got ${{jsonencode({self.source.choice(names)})}}."')])

    def json(self):
        """A test file in JSON."""
        runs = []
        for number in range(self.source.randint(1, 3)):
            run = {"command": "plan"} if self.chance(0.4) else {}
            if self.chance(0.4):
                run["variables"] = {"words": self.choice(["a"], ["a", "b", "c"], "${[\"a\"]}", 1 if self.wrong() else ["x"])}
            for kind, lines in [self.override() for _ in range(self.choice(0, 0, 1))]:
                run[kind] = {name: value if name in ("target", "override_during") else f"${{{value}}}" for name, value in lines}
            if self.chance(0.5):
                run["assert"] = [{"condition": "${output.x != null}", "error_message": self.choice("No.", "Got ${jsonencode(output.x)}.")}]
            if self.chance(0.15):
                run["expect_failures"] = [self.choice("var.words", "output.x", "check.top", "${var.words}")]
            runs.append((f"r{number}", run))
        file = {"run": [{name: run} for name, run in runs]} if self.chance(0.3) else {"run": dict(runs)}
        if self.chance(0.3):
            file["variables"] = {"words": ["a", "b"]}
        if self.chance(0.25):
            file["mock_provider"] = {"terraform": {"mock_resource": {"terraform_data": {"defaults": {"id": "mocked"}}}}}
        return file


if __name__ == "__main__":
    main()
