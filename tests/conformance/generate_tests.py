#!/usr/bin/env python3
"""Writes suites of random test files, in the form of `suites/*.txt`.

    generate_tests.py --seed 7 --count 50

The output depends on the arguments alone; the suite `t7_12` has the seed 7 and the number 12. The module under test is
nearly always the same one, with whatever a test can name: variables (required, sensitive, ephemeral, validated), objects
that are repeated, a module, conditions, a check. What is random is around it: test files in both directories, their
variables, values of files and arguments, runs of other modules, states that are shared, mocks, overrides, providers, options
of plans, expected failures, filters. Most suites are right, some have a mistake. `generate_modules.py` makes random modules.
"""

import argparse
import random

MODULE = """\
variable "name" {
  type = string
  validation {
    condition     = length(var.name) < 6
    error_message = "The name ${var.name} is too long."
  }
}

variable "size" {
  type    = number
  default = 1
  validation {
    condition     = var.size > 0
    error_message = "At least one."
  }
}

variable "secret" {
  type      = string
  default   = "hidden"
  sensitive = true
}

variable "passing" {
  type      = string
  default   = "by"
  ephemeral = true
}

variable "tags" {
  type    = map(string)
  default = {}
}

resource "terraform_data" "one" {
  input = var.name
  lifecycle {
    postcondition {
      condition     = self.output != "bad"
      error_message = "A bad name."
    }
  }
}

resource "terraform_data" "many" {
  count            = var.size
  input            = "${var.name} ${count.index}"
  triggers_replace = [var.secret]
}

resource "terraform_data" "each" {
  for_each = var.tags
  input    = each.value
}

module "inner" {
  source = "./inner"
  text   = terraform_data.one.output
}

check "small" {
  assert {
    condition     = var.size < 3
    error_message = "Size ${var.size} is not small."
  }
}

output "name" {
  value = terraform_data.one.output
}

output "all" {
  value = [for each in terraform_data.many : each.output]
  precondition {
    condition     = var.size != 4
    error_message = "Four is not allowed."
  }
}

output "secret" {
  value     = var.secret
  sensitive = true
}

output "id" {
  value = terraform_data.one.id
}

output "inner" {
  value = module.inner.text
}
"""

INNER = """\
variable "text" {
  type = string
}

resource "terraform_data" "deep" {
  input = upper(var.text)
}

output "text" {
  value = terraform_data.deep.output
}
"""

SETUP = """\
variable "prefix" {
  type    = string
  default = "p"
}

resource "terraform_data" "made" {
  input = "${var.prefix}1"
}

output "made" {
  value = terraform_data.made.output
}

output "list" {
  value = [var.prefix, "b"]
}

output "number" {
  value = length(var.prefix)
}
"""

# What a run of each module leaves that later blocks can read, and its type.
OUTPUTS = {
    "main": {"name": "string", "all": "list", "secret": "string", "id": "string", "inner": "string"},
    "setup": {"made": "string", "list": "list", "number": "number"},
}

# What an expected failure, an override or an option of the plan can name, right or wrong.
CHECKABLE = ["var.name", "var.size", "output.all", "check.small", "terraform_data.one", "terraform_data.many", "terraform_data.many[0]"]
UNCHECKABLE = ["var.nope", "output.nope", "check.nope", "terraform_data.nope", "module.inner", "local.x", "module.inner.terraform_data.deep"]
RESOURCES = ["terraform_data.one", "terraform_data.many", "terraform_data.many[0]", 'terraform_data.each["a"]', "module.inner.terraform_data.deep"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=50)
    arguments = parser.parse_args()
    for number in range(arguments.count):
        print(Suite(random.Random(f"tests {arguments.seed}/{number}")).text(f"t{arguments.seed}_{number}"), end="")


class Suite:
    """A module and what stands around it."""

    def __init__(self, source):
        self.source = source
        self.mistakes = source.choice([0, 0, 0.04, 0.1])
        self.files = {"main.tf": MODULE, "inner/main.tf": INNER, "setup/main.tf": SETUP}
        self.arguments = []

    def chance(self, probability):
        return self.source.random() < probability

    def wrong(self, factor=1.0):
        return self.chance(self.mistakes * factor)

    def choice(self, *options):
        return self.source.choice(options)

    def text(self, name):
        names = [path for path in ["a.tftest.hcl", "b.tftest.hcl", "tests/a.tftest.hcl", "tests/c.tftest.hcl"] if self.chance(0.4)]
        for path in names or ["a.tftest.hcl"]:
            self.files[path] = TestFile(self).text()
        self.add_values()
        self.add_arguments(names)
        head = f"=== {name}\n" + (f"args: {' '.join(self.arguments)}\n" if self.arguments else "")
        return head + "".join(f"//- /{path}\n{text}" for path, text in self.files.items())

    def add_values(self):
        for path, probability in [("terraform.tfvars", 0.25), ("x.auto.tfvars", 0.15), ("tests/terraform.tfvars", 0.2), ("tests/y.auto.tfvars", 0.1)]:
            if self.chance(probability):
                self.files[path] = "\n".join(self.values(0.3)) + "\n"
        if self.chance(0.1):
            self.files["given.tfvars"] = "\n".join(self.values(0.5)) + "\n"
            self.arguments.append("-var-file=given.tfvars")

    def add_arguments(self, names):
        if self.chance(0.4):
            self.arguments.append("-verbose")
        if self.chance(0.15):
            self.arguments.append(self.choice("-var=name=arg", "-var=size=2", "-var=nope=1", "-var=size=x", "-var=secret=s"))
        if names and self.chance(0.15):
            self.arguments.append(f"-filter={self.source.choice(names)}")
        if self.wrong(0.3):
            self.arguments.append("-filter=nope.tftest.hcl")
        if self.chance(0.05):
            self.arguments.append(f"-test-directory={self.choice('tests', 'setup', 'nope', '.')}")

    def literal(self, variable):
        if self.wrong():
            return self.choice("null", '["x"]', "{ a = 1 }", '"x"', "12", "nope", "file(\"nope\")")
        if variable == "size":
            return self.choice("1", "2", "2", "3", "4", "0", '"2"')
        if variable == "tags":
            return self.choice("{}", '{ a = "x" }', '{ a = "x", b = 2 }')
        return self.choice('"abc"', '"ab"', '"bad"', '"toolong"', '"x${1 + 1}"', 'join("", ["j", "k"])')

    def values(self, probability, references=()):
        """Lines `name = value` for some variables; `references` are expressions that stand for a string."""
        lines = []
        for variable in ["name", "size", "secret", "passing", "tags", "prefix"]:
            if self.chance(min(0.9, probability * 2) if variable == "name" else probability):
                value = self.literal(variable)
                if references and variable in ("name", "secret", "prefix") and self.chance(0.5):
                    value = self.source.choice(references)
                lines.append(f"{variable} = {value}")
        if self.wrong(0.5):
            lines.append('nope = "x"')
        self.source.shuffle(lines)
        return lines


class TestFile:
    """One test file: its own blocks, then runs."""

    def __init__(self, suite):
        self.suite, self.source = suite, suite.source
        self.chance, self.choice, self.wrong = suite.chance, suite.choice, suite.wrong
        self.providers = []
        self.runs = []
        self.targeted = False

    def text(self):
        blocks = []
        if self.chance(0.85):
            references = ["var.name", "var.nope", "run.r0.name"] if self.wrong() else []
            blocks.append(body("variables", self.suite.values(0.3, references)))
        blocks += self.own_providers()
        blocks += self.overrides(0.15)
        blocks += [self.run(number) for number in range(self.source.randint(1, 4))]
        if self.chance(0.1):
            blocks.insert(self.source.randrange(len(blocks) + 1), body("test", []))
        if self.wrong(0.3):
            blocks.insert(0, self.choice("nope {}\n", 'run {}\n', 'variables "x" {}\n', "x = 1\n", 'run "1x" {}\n', 'mock_provider {}\n'))
        return "".join(block.rstrip("\n") + "\n" for block in blocks)

    def own_providers(self):
        blocks = []
        if self.chance(0.15):
            alias = self.choice("", "", "fake")
            lines = ([f'alias = "{alias}"'] if alias else []) + self.mocked()
            blocks.append(body('mock_provider "terraform"', lines))
            self.providers.append("terraform.fake" if alias else "terraform")
        if self.chance(0.08):
            blocks.append(body('provider "terraform"', self.choice([], ['alias = "other"'])))
            self.providers.append("terraform")
        return blocks

    def mocked(self):
        # What is not given is made up, and differs each time.
        lines = []
        if not self.wrong(0.3):
            given = self.choice("", "", ', output = "o"', ", nope = 1" if self.wrong(2) else "")
            inner = [f'defaults = {{ id = "mocked"{given} }}']
            if self.chance(0.3):
                inner.append(f"override_during = {self.choice('plan', 'apply', 'never' if self.wrong(3) else 'plan')}")
            lines += body('mock_resource "terraform_data"', inner).splitlines()
        if self.chance(0.2):
            lines += self.override_resource().splitlines()
        return lines

    def overrides(self, probability):
        return [make() for make in [self.override_resource, self.override_module] if self.chance(probability)]

    def override_resource(self):
        target = self.source.choice(RESOURCES) if not self.wrong() else self.choice("terraform_data.nope", "module.inner", "var.name", "module.nope.terraform_data.x")
        values = self.choice('values = { id = "made" }', 'values = { id = "made", output = "o" }', 'values = { id = "made", output = { a = 1 } }')
        return body("override_resource", [f"target = {target}", values] + self.during())

    def override_module(self):
        target = "module.inner" if not self.wrong() else self.choice("module.nope", "terraform_data.one", "module.inner.module.x")
        return body("override_module", [f"target = {target}", self.choice('outputs = { text = "over" }', "outputs = {}", "outputs = { text = [1] }", "outputs = { nope = 1 }")] + self.during())

    def during(self):
        return [f"override_during = {self.choice('plan', 'apply')}"] if self.chance(0.3) else []

    def run(self, number):
        name = f"r{number}" if not self.wrong(0.5) else "r0"
        module = "setup" if self.chance(0.3) else "main"
        lines = []
        plan = self.chance(0.35)
        if plan:
            lines.append("command = plan")
        elif self.chance(0.1):
            lines.append("command = apply" if not self.wrong(2) else 'command = "apply"')
        references = self.references("string")
        if self.chance(0.6):
            lines += body("variables", self.suite.values(0.35, references)).splitlines()
        if module == "setup":
            lines += body("module", ['source = "./setup"' if not self.wrong() else self.choice('source = "./nope"', 'version = "1.0"', 'source = "../setup"')]).splitlines()
        if self.chance(0.2):
            lines.append(f"state_key = {self.choice(chr(34) + 'one' + chr(34), chr(34) + 'two' + chr(34), chr(34) + chr(34)) if not self.wrong() else self.choice('var.name', '1')}")
        if self.providers and self.chance(0.3):
            lines += body("providers", [f"terraform = {self.source.choice(self.providers + (['terraform.nope'] if self.wrong() else []))}"], "=").splitlines()
        options = self.options()
        lines += options
        # Terraform 1.11.4 crashes where an assertion reads a resource that the targets leave out.
        self.targeted = any("target" in line for line in options)
        if module == "main":
            for block in self.overrides(0.1):
                lines += block.splitlines()
            lines += self.expected()
        for _ in range(self.source.randint(0, 2)):
            lines += self.assertion(module)
        if not self.runs or self.runs[-1][0] != name:
            self.runs.append((name, module))
        return body(f'run "{name}"', lines)

    def options(self):
        options = []
        if self.chance(0.06):
            options.append("mode = refresh-only" if not self.wrong(2) else "mode = nope")
        if self.chance(0.08):
            options.append(f"target = [{self.source.choice(RESOURCES)}]")
        if self.chance(0.06):
            options.append(f"replace = [{self.source.choice(RESOURCES)}]")
        if self.chance(0.04):
            options.append("refresh = false")
        return body("plan_options", options).splitlines() if options else []

    def expected(self):
        if not self.chance(0.25):
            return []
        known = UNCHECKABLE if self.wrong(3) else CHECKABLE
        return [f"expect_failures = [{', '.join(self.source.sample(known, self.source.randint(1, 2)))}]"]

    def references(self, kind):
        found = [f"run.{run}.{output}" for run, module in self.runs for output, declared in OUTPUTS[module].items() if declared == kind]
        found += ["var.name", "upper(var.name)"] if kind == "string" and self.chance(0.5) else []
        if self.wrong():
            found += ["run.later.name", "run.r0.nope", "run.r0", "var.nope", "output.name", "terraform_data.one.id"]
        return found

    def assertion(self, module):
        strings = [f"output.{name}" for name, declared in OUTPUTS[module].items() if declared == "string"] + self.references("string")
        lists = [f"output.{name}" for name, declared in OUTPUTS[module].items() if declared == "list"] + self.references("list")
        if module == "main" and not self.targeted:
            strings += ["var.name", "terraform_data.one.output", "terraform_data.many[0].output", "module.inner.text", "var.secret", "terraform_data.one.id"]
            if self.wrong(2):
                strings += ["terraform_data.many[9].output", "terraform_data.nope.id", "module.inner.nope", "local.nope", 'terraform_data.each["z"].id', "each.key", "path.module", "terraform.workspace"]
        condition = self.choice(
            f"{self.source.choice(strings)} == {self.source.choice(strings)}",
            f'{self.source.choice(strings)} != "bad"',
            f"length({self.source.choice(lists)}) >= 1",
            f"length({self.source.choice(lists)}) == 2 && {self.source.choice(strings)} != null",
            f"contains({self.source.choice(lists)}, {self.source.choice(strings)})",
            f'can(regex("^[a-z]", {self.source.choice([it for it in strings if not it.endswith(".id")])}))',
            f"startswith({self.source.choice(strings)}, \"a\") || true",
        )
        if self.wrong():
            condition = self.choice("true", '"yes"', "1 + 1", "null", "length(var.size)", "var.size == \"x\" ? 1 : 2")
        message = self.choice('"It has to hold."', f'"Got ${{{self.source.choice(strings)}}}"', '""' if self.wrong() else '"No."')
        return body("assert", [f"condition     = {condition}", f"error_message = {message}"]).splitlines()


def body(header, lines, sign=""):
    return "\n".join([f"{header} {sign + ' ' if sign else ''}{{", *("  " + line for line in lines), "}"]) + "\n"


if __name__ == "__main__":
    main()
