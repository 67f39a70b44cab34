#!/usr/bin/env python3
"""Breaks recorded suites in small ways, and tells where `terraform validate`, `terraform test` and `runblock check` differ about it.

    mutate.py --seed 7 --count 200 [--only REGEX] [--into FOLDER]

Each mutant is a suite of suites.json that passes, with one change in one of its files: an attribute or a block left out,
doubled, renamed, moved or put somewhere, labels, references, keys, calls and literals changed; the same in JSON. What
differs is printed and kept in FOLDER, each in a folder of its own with a REPORT, by kinds:

    FALSE         check has an error where terraform validates and passes
    SILENT        validate has an error and check has none
    WORDS         both have errors, and check does not have all of those of validate: other words or another place
    EXTRA         check has an error that the failing test does not have
    silent-test   the test fails with more than an assertion, and check has no error
    words-test    it does, and check has others
    more, warn    check says more, as it does not end with the first error; warnings differ

A line `T-` is what validate alone says, `t-` the test, `R+` check. Most of what is silent is only to be found by running. Needs
terraform 1.11.4 on PATH, python3, and RUNBLOCK_BIN or target/debug/runblock.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import tempfile

from record_mistakes import ENVIRONMENT, HERE, place, write

RUNBLOCK = os.environ.get("RUNBLOCK_BIN", HERE.parent.parent / "target/debug/runblock")

EXPRESSIONS = [
    '"text"', "1", "true", "null", "[]", "{}", '["a", 1]', "{ a = 1 }", "var.none", "local.none", "upper()",
    "length([], [])", "uper(\"x\")", '"${var.none}"', "each.key", "each.value", "count.index", "self.id", "path.module",
    "path.root", "path.here", "terraform.workspace", "terraform.env", "run.none.x", "module.none", "module.none.x",
    "data.none.x.y", "terraform_data.none", "terraform_data.none.id", "data.terraform_remote_state.none.outputs", "1 + \"x\"", "1 / 0", "!1", '"a" > "b"',
    "[for x in [1]: x]", "{ for k, v in {}: k => v }", "[1][2]", "{ a = 1 }.b", "{ a = 1 }[\"b\"]", "tonumber(\"x\")", "file(\"none\")",
    "timestamp()", "sensitive(1)", "ephemeral.x.y", "resource.terraform_data.none", "output.none", "template.x", "null.x", '"${1}"',
    "merge({}, [])", "[1, 2][*].x", "provider::none::x()", "core::length([])", "true ? 1 : []", "any", "string", "list(string)",
    "object({ a = string })", "optional(string)", "terraform_data", "terraform", '"terraform_data.none"', "<<EOT\nx\nEOT\n", "(1)",
    "-true", "1 ? 2 : 3", "toset([[]])", "[{}, 1]...", "max([1, 2]...)", "max(1, \"a\")", "jsondecode(\"{\")", "try(var.none, 1)", "can(local.none)",
    "templatefile(\"none\", {})", "regex(\"(\", \"x\")", "cidrhost(\"x\", 1)", "var", "local", "each", "self", "each.other", "count.other", "count", "[each.key]", "{ (each.key) = 1 }",
]
BLOCKS = [
    "lifecycle {\n}", "lifecycle {\n  prevent_destroy = true\n}", "lifecycle {\n  create_before_destroy = 1\n}",
    "lifecycle {\n  ignore_changes = all\n}", "lifecycle {\n  ignore_changes = [input, none]\n}", "lifecycle {\n  replace_triggered_by = [terraform_data.none]\n}",
    "lifecycle {\n  precondition {\n    condition = true\n    error_message = \"x\"\n  }\n}",
    "lifecycle {\n  postcondition {\n    condition = self.id != \"\"\n    error_message = \"x\"\n  }\n}",
    "validation {\n  condition = true\n  error_message = \"x\"\n}", "precondition {\n  condition = false\n  error_message = \"x\"\n}",
    "provisioner \"local-exec\" {\n  command = \"true\"\n}", "provisioner \"local-exec\" {\n}", "provisioner \"none\" {\n}", "connection {\n}",
    "dynamic \"x\" {\n  for_each = []\n  content {\n  }\n}", "assert {\n  condition = true\n  error_message = \"x\"\n}", "variables {\n  none = 1\n}",
    "module {\n  source = \"./none\"\n}", "providers = {\n}", "plan_options {\n  mode = normal\n}", "plan_options {\n  target = [terraform_data.none]\n}",
    "override_resource {\n  target = terraform_data.none\n}", "override_data {\n  target = data.terraform_remote_state.none\n}", "override_module {\n  target = module.none\n}",
    "mock_provider \"terraform\" {\n}", "mock_resource \"terraform_data\" {\n}", "backend \"local\" {\n}", "cloud {\n}", "required_providers {\n  none = 1\n}",
    "none {\n}", "none \"x\" {\n}", "timeouts {\n}", "locals {\n  a = 1\n}", "variable \"x\" {\n}", "output \"x\" {\n}", "check \"x\" {\n}", "moved {\n}", "moved {\n  from = terraform_data.a\n  to = terraform_data.a\n}",
    "import {\n}", "import {\n  to = terraform_data.none\n  id = 1\n}", "removed {\n}", "removed {\n  from = terraform_data.none\n}", "terraform {\n  required_version = \"x\"\n}", "provider \"terraform\" {\n}", "provider \"terraform\" {\n  x = 1\n}",
    "data \"terraform_remote_state\" \"x\" {\n}", "resource \"terraform_data\" \"x\" {\n  none = 1\n}", "resource \"terraform_none\" \"x\" {\n}", "ephemeral \"terraform_data\" \"x\" {\n}", "module \"x\" {\n}", "run \"x\" {\n}", "_ {\n}", "__x {\n}",
]
ATTRIBUTES = [
    "count = 1", "count = \"x\"", "count = null", "count = -1", "for_each = {}", "for_each = [1]", "for_each = toset([\"a\"])", "for_each = null", "depends_on = []", "depends_on = [var.none]", "depends_on = [terraform_data.none]", "depends_on = \"x\"",
    "provider = terraform", "provider = terraform.none", "provider = none", "provider = \"terraform\"", "providers = {}", "providers = { terraform = terraform.none }", "source = \"./none\"", "version = \"1.0\"", "sensitive = true", "sensitive = 1", "sensitive = var.none", "ephemeral = true",
    "nullable = false", "nullable = null", "type = number", "type = none", "type = \"string\"", "type = list", "type = object({})", "default = 1", "default = var.none", "default = null", "description = 1", "description = null", "deprecated = \"x\"", "value = 1", "condition = 1", "condition = null", "condition = \"true\"", "error_message = 1", "error_message = \"\"", "error_message = var.none",
    "command = plan", "command = none", "command = \"plan\"", "expect_failures = []", "expect_failures = [var.none]", "expect_failures = [1]", "expect_failures = [check.none]", "expect_failures = [output.none]", "expect_failures = [terraform_data.none]", "expect_failures = terraform_data.none", "state_key = 1", "state_key = \"x\"", "parallel = true", "parallel = 1", "target = terraform_data.none", "target = 1", "values = 1", "values = {}", "outputs = []", "outputs = { none = 1 }", "override_during = plan", "override_during = none",
    "when = destroy", "when = none", "on_failure = continue", "on_failure = 1", "triggers_replace = 1", "input = self.id", "id = 1", "output = 1", "alias = \"x\"", "alias = x", "alias = 1", "from = terraform_data.none", "to = terraform_data.none", "to = data.x.y", "escape = 1", "locals = 1", "connection = 1", "lifecycle = 1", "provisioner = 1", "required_version = \">= 1\"", "required_version = 1", "experiments = [none]", "backend = \"local\"", "config = {}", "workspace = 1", "skip_cleanup = true", "mode = none", "refresh = 1", "replace = [terraform_data.none]",
]
LABELS = ['"x"', '"a b"', "x", '"1"', '""', '"${1}"', '"terraform_data"', '"count"', '"terraform_remote_state"']
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
HEADER = re.compile(r'^(\s*)([A-Za-z_][\w-]*)((?:\s+(?:"[^"]*"|[A-Za-z_][\w-]*))*)\s*\{\s*$')
ATTR = re.compile(r"^(\s*)([A-Za-z_][\w-]*)(\s*)=(?![=>])\s*(.*)$")
TRAVERSAL = re.compile(r"\b(?:var|local|module|data|output|run|terraform_data|each|count|self|path|terraform|check)(?:\.[A-Za-z_][\w-]*|\[[^\[\]]*\])+")
CALL = re.compile(r"\b([a-z][a-z0-9_]*)\(")
NUMBER = re.compile(r"(?<![\w.])\d+(?![\w.])")
STRING = re.compile(r'"[^"\n$%]*"')


def end_of(lines, at):
    """The line that closes the block or value that opens on a line."""
    depth = 0
    for i in range(at, len(lines)):
        bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", lines[i])
        depth += sum(bare.count(c) for c in "{[(") - sum(bare.count(c) for c in "}])")
        if depth <= 0:
            return i
    return at


def misspelt(random, word):
    if len(word) < 2:
        return word + "x"
    at = random.randrange(len(word) - 1)
    return random.choice([word[:at] + word[at + 1:], word[:at + 1] + word[at] + word[at + 1:], word[:at] + word[at + 1] + word[at] + word[at + 2:], word + "s"])


class Native:
    """A text in HCL, of which a line or a few are changed at random."""

    def __init__(self, r, text):
        self.r, self.lines = r, text.split("\n")
        self.headers = [i for i, l in enumerate(self.lines) if HEADER.match(l)]
        self.attrs = [i for i, l in enumerate(self.lines) if ATTR.match(l)]

    def pick(self, of):
        return self.r.choice(of) if of else None

    def text(self):
        return "\n".join(self.lines)

    def mutate(self):
        name = self.r.choice(OPS)
        before = self.text()
        getattr(self, name)()
        return name if self.text() != before else None

    def sub_expr(self, pattern, change):
        """Changes one match of a pattern in some attribute's value."""
        places = []
        for i, l in enumerate(self.lines):
            start = l.find("=") + 1 if ATTR.match(l) else 0
            places += [(i, m) for m in pattern.finditer(l) if m.start() >= start]
        if not places:
            return
        i, m = self.r.choice(places)
        l = self.lines[i]
        self.lines[i] = l[:m.start()] + change(m) + l[m.end():]

    def delete_attribute(self):
        i = self.pick(self.attrs)
        if i is not None:
            del self.lines[i:end_of(self.lines, i) + 1]

    def duplicate_attribute(self):
        i = self.pick(self.attrs)
        if i is not None:
            self.lines[i:i] = self.lines[i:end_of(self.lines, i) + 1]

    def rename_attribute(self):
        i = self.pick(self.attrs)
        if i is not None:
            m = ATTR.match(self.lines[i])
            other = self.r.choice(self.attrs)
            new = self.r.choice([misspelt(self.r, m[2]), misspelt(self.r, m[2]), ATTR.match(self.lines[other])[2], m[2].upper()])
            self.lines[i] = f"{m[1]}{new} = {m[4]}"

    def replace_value(self):
        i = self.pick(self.attrs)
        if i is not None:
            m, e = ATTR.match(self.lines[i]), end_of(self.lines, i)
            self.lines[i:e + 1] = f"{m[1]}{m[2]} = {self.r.choice(EXPRESSIONS)}".split("\n")

    def value_of_other(self):
        i, j = self.pick(self.attrs), self.pick(self.attrs)
        if i is not None:
            m, e = ATTR.match(self.lines[i]), end_of(self.lines, i)
            n, f = ATTR.match(self.lines[j]), end_of(self.lines, j)
            self.lines[i:e + 1] = [f"{m[1]}{m[2]} = {n[4]}"] + self.lines[j + 1:f + 1]

    def quote_value(self):
        i = self.pick(self.attrs)
        if i is not None and end_of(self.lines, i) == i:
            m = ATTR.match(self.lines[i])
            v = m[4].strip()
            self.lines[i] = f"{m[1]}{m[2]} = " + (v[1:-1] if v.startswith('"') and v.endswith('"') else '"' + v.replace('"', "") + '"')

    def wrap_value(self):
        i = self.pick(self.attrs)
        if i is not None and end_of(self.lines, i) == i:
            m = ATTR.match(self.lines[i])
            form = self.r.choice(["[{}]", '"${{{}}}"', "{{ a = {} }}", "({})", "!{}", "-{}", "{}.x", "{}[0]", '{}["x"]', "{}[*]", "{}...", "tolist({})", "tomap({})", "length({})", "{} == 1", "[for x in {}: x.y]", "{} ? 1 : 2", "tostring({})", "one({})", "{}.id", "toset({})"])
            self.lines[i] = f"{m[1]}{m[2]} = " + form.format(m[4].strip())

    def delete_block(self):
        i = self.pick(self.headers)
        if i is not None:
            del self.lines[i:end_of(self.lines, i) + 1]

    def duplicate_block(self):
        i = self.pick(self.headers)
        if i is not None:
            e = end_of(self.lines, i)
            self.lines[e + 1:e + 1] = self.lines[i:e + 1]

    def move_block(self):
        i, j = self.pick(self.headers), self.pick(self.headers)
        if i is not None and i != j:
            block = self.lines[i:end_of(self.lines, i) + 1]
            self.lines[j + 1:j + 1] = block

    def rename_block(self):
        i = self.pick(self.headers)
        if i is not None:
            m = HEADER.match(self.lines[i])
            other = HEADER.match(self.lines[self.r.choice(self.headers)])[2]
            self.lines[i] = f"{m[1]}{self.r.choice([misspelt(self.r, m[2]), other, other])}{m[3]} {{"

    def labels(self):
        i = self.pick(self.headers)
        if i is None:
            return
        m = HEADER.match(self.lines[i])
        labels = re.findall(r'"[^"]*"|[\w-]+', m[3])
        what = self.r.randrange(5)
        if what == 0 and labels:
            del labels[self.r.randrange(len(labels))]
        elif what == 1:
            labels.insert(self.r.randint(0, len(labels)), self.r.choice(LABELS))
        elif what == 2 and len(labels) > 1:
            labels.reverse()
        elif what == 3 and labels:
            labels[self.r.randrange(len(labels))] = self.r.choice(LABELS)
        elif labels:
            at = self.r.randrange(len(labels))
            labels[at] = '"' + misspelt(self.r, labels[at].strip('"')) + '"'
        self.lines[i] = f"{m[1]}{m[2]} {' '.join(labels)} {{"

    def equals_block(self):
        """A block as an argument, or an argument as a block."""
        if self.r.random() < 0.5:
            i = self.pick([i for i in self.headers if not HEADER.match(self.lines[i])[3].strip()])
            if i is not None:
                self.lines[i] = self.lines[i].replace("{", "= {")
        else:
            i = self.pick([i for i in self.attrs if self.lines[i].rstrip().endswith("= {")])
            if i is not None:
                self.lines[i] = self.lines[i].replace("= {", "{")

    def insert_attribute(self):
        i = self.pick(self.headers)
        if i is not None:
            self.lines.insert(i + 1, self.r.choice(ATTRIBUTES))

    def insert_block(self):
        i = self.pick(self.headers + [-1])
        self.lines[i + 1:i + 1] = self.r.choice(BLOCKS).split("\n")

    def misspell_reference(self):
        def change(m):
            parts = re.split(r"(\.|\[)", m[0])
            names = [i for i, p in enumerate(parts) if NAME.fullmatch(p)]
            i = self.r.choice(names)
            parts[i] = misspelt(self.r, parts[i])
            return "".join(parts)
        self.sub_expr(TRAVERSAL, change)

    def change_reference(self):
        def change(m):
            kind = self.r.randrange(7)
            t = m[0]
            if kind == 0:
                return re.sub(r"(\.[\w-]+|\[[^\[\]]*\])$", "", t)
            if kind == 1:
                return t + self.r.choice([".x", "[0]", '["x"]', "[*]", ".0", ".*", "[3]", "[each.key]", "[null]", "[-1]", "[1.5]", "[\"0\"]", ".id", "[true]"])
            if kind == 2:
                return self.r.choice(EXPRESSIONS)
            if kind == 3:
                return t.replace(".", ".none.", 1)
            if kind == 4:
                return t.split(".", 1)[-1]
            if kind == 5:
                return self.r.choice(["var.", "local.", "module.", "data.", "output.", "run.", "self.", "check.", "resource."]) + t.split(".", 1)[-1]
            return re.sub(r"\[[^\[\]]*\]", lambda _: self.r.choice(["", "[5]", '["none"]', "[null]", "[\"0\"]"]), t, count=1)
        self.sub_expr(TRAVERSAL, change)

    def change_call(self):
        def change(m):
            return self.r.choice([misspelt(self.r, m[1]) + "(", m[1] + "(1, ", m[1] + "([], ", self.r.choice(["upper", "length", "max", "file", "merge", "keys", "tonumber", "jsonencode", "lookup", "element", "timestamp"]) + "(", m[1] + "(null, ", "core::" + m[1] + "("])
        self.sub_expr(CALL, change)

    def change_literal(self):
        self.sub_expr(self.r.choice([NUMBER, STRING]), lambda _: self.r.choice(EXPRESSIONS + ["-1", "99", "1.5", '""']))

    def swap_lines(self):
        i = self.pick(self.attrs)
        j = self.pick(self.attrs)
        if i is not None:
            self.lines[i], self.lines[j] = self.lines[j], self.lines[i]


OPS = [n for n in vars(Native) if not n.startswith("_") and n not in ("pick", "text", "mutate", "sub_expr")]
OPS += ["misspell_reference", "change_reference", "replace_value", "insert_attribute", "insert_block", "labels", "change_reference"]


class Json:
    """The same in JSON: the value is changed at a random place."""

    def __init__(self, r, text):
        self.r, self.value = r, json.loads(text)
        self.last = None

    def text(self):
        out = json.dumps(self.value, indent=2, ensure_ascii=False)
        return out.replace('"\u0001twice', '"')

    def places(self, value, found):
        if isinstance(value, dict):
            for k in value:
                found.append((value, k))
                self.places(value[k], found)
        elif isinstance(value, list):
            for i, v in enumerate(value):
                found.append((value, i))
                self.places(v, found)
        return found

    def mutate(self):
        places = self.places(self.value, [])
        if not places:
            return None
        before = self.text()
        holder, key = self.r.choice(places)
        name = self.r.choice(["delete", "twice", "rename", "replace", "replace", "wrap", "wrap", "insert", "insert", "reference", "reference", "reference"])
        value = holder[key]
        if name == "delete":
            del holder[key]
        elif name == "twice":
            if isinstance(holder, dict):
                holder["\u0001twice" + key] = value
            else:
                holder.append(value)
        elif name == "rename" and isinstance(holder, dict):
            new = self.r.choice([misspelt(self.r, key), misspelt(self.r, key), "a b", "", "1", "//"])
            items = [(new if k == key else k, v) for k, v in holder.items()]
            holder.clear()
            holder.update(items)
        elif name == "replace":
            e = self.r.choice(EXPRESSIONS)
            holder[key] = self.r.choice(["text", 1, True, None, [], {}, [{}], [1], {"a": 1}, {"a": {"b": 1}}, "${" + e + "}", "${" + e + "}", e, "${", "%{if}", "x ${" + e + "}"])
        elif name == "wrap":
            holder[key] = self.r.choice([[value], {"x": value}, [value, value], [[value]], [{"x": value}], str(value)])
        elif name == "insert" and isinstance(value, dict):
            a = self.r.choice(ATTRIBUTES + [b.split(" {")[0] + " = {}" for b in BLOCKS if "=" not in b.split("{")[0]])
            k, v = a.split(" = ", 1)
            try:
                v = json.loads(v)
            except ValueError:
                v = self.r.choice([v, "${" + v + "}"])
            value[k.replace('"', "").replace(" ", "_") if k.count('"') == 0 else k.split(" ")[0]] = v
        elif isinstance(value, str):
            n = Native.__new__(Native)
            n.r, n.lines = self.r, [value]
            self.r.choice([n.misspell_reference, n.change_reference, n.change_call])()
            holder[key] = n.lines[0]
        else:
            holder[key] = self.r.choice(["${var.none}", [value], None])
        return "json_" + name if self.text() != before else None


def run(folder, *command):
    """The exit code, what was printed and what was complained of."""
    try:
        ended = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        return 99, "", "timeout"
    return ended.returncode, ended.stdout.decode(errors="replace"), ended.stderr.decode(errors="replace")


def install(folder):
    return run(folder, "terraform", "init", "-backend=false", "-input=false", "-no-color")


def finding(diagnostic):
    """What two diagnostics have to have in common to be the same: severity, place, summary and detail."""
    where = diagnostic.get("range")
    return (diagnostic["severity"], place(where) if where else "", diagnostic["summary"], diagnostic.get("detail", ""))


def validate(folder):
    """What `terraform validate` finds; `None` and what it printed instead where it breaks."""
    _, printed, complaint = run(folder, "terraform", "validate", "-json")
    try:
        return [finding(diagnostic) for diagnostic in json.loads(printed)["diagnostics"]], ""
    except (ValueError, KeyError):
        return None, complaint + printed


def events(printed):
    """The diagnostics in a stream of JSON lines, whoever prints it."""
    found = []
    for line in printed.splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if event.get("diagnostic"):
            found.append(finding(event["diagnostic"]))
    return found


# What only a run can find.
OF_RUNS = {"Test assertion failed", "Invalid value for variable", "Missing expected failure"}
# What is said where a mutant needs other modules or providers than the suite that it was made of.
STALE = {
    "Module not installed", "Module source has changed", "Module version requirements have changed", "Missing required provider",
    "Inconsistent dependency lock file", "Provider requirements cannot be satisfied by locked dependencies",
}


def validate_installed(folder):
    """What `terraform validate` finds once everything is installed that a mutant asks for."""
    found, problem = validate(folder)
    if found is None or not any(summary in STALE for _, _, summary, _ in found):
        return found, problem
    shutil.rmtree(folder / ".terraform", ignore_errors=True)
    code, _, complaint = install(folder)
    found, problem = validate(folder)
    if code == 0:
        return found, problem
    # What installing says is in plain text only.
    real = [one for one in found or [] if one[2] not in STALE]
    return real or [("error", "", "INIT", complaint[:400])], ""


def errors(found):
    return [one for one in found if one[0] == "error"]


def compare(folder):
    """How the tools differ: the kind, what validate says and check does not, what check says and nobody else, and the errors
    of the test that check does not have."""
    validated, problem = validate_installed(folder)
    if validated is None:
        return "crash", [problem[-300:]], [], []
    code, printed, complaint = run(folder, RUNBLOCK, "check", "--format", "json", "--dialect", "terraform@1.11.4")
    if code not in (0, 1):
        return "our crash", [], [complaint[-500:]], []
    ours = events(printed)
    tested, test_code = [], None
    invalid = bool(errors(validated))
    if not invalid:
        test_code, printed, complaint = run(folder, "terraform", "test", "-json")
        if "panic" in complaint or "crash" in complaint.lower():
            return "their crash", [complaint[:300]], errors(ours), []
        tested = events(printed)
    theirs = set(validated) | set(tested)
    missing = [one for one in validated if one not in ours]
    extra = [one for one in ours if one not in theirs and one[0] != "hint"]
    untold = [one for one in errors(tested) if one[2] not in OF_RUNS and one not in ours]
    return kind(invalid, test_code, ours, missing, extra, untold), missing, extra, untold


def kind(invalid, test_code, ours, missing, extra, untold):
    if invalid:
        if not errors(ours):
            return "SILENT"
        return "WORDS" if missing else "more" if extra else "agree"
    if errors(extra):
        return "FALSE" if test_code == 0 else "EXTRA"
    if test_code and untold:
        return "words-test" if errors(ours) else "silent-test"
    differ = missing or any(one[0] == "warning" for one in extra)
    return "warn" if differ else "agree"


# What takes other machines, long, or a form that a mutant does not keep.
LEFT_OUT = ("remote/", "waiting/", "selection/", "reports/", "syntax/", "tfvars/")
# So many mutants of which the tools differ in the same way are shown.
ALIKE = 3


def passing_suites(only):
    suites = json.loads((HERE / "suites.json").read_text(encoding="utf-8"))["suites"]

    def is_suitable(name, suite):
        slow = any("/remote-exec" in text or "sleep" in text for text in suite["files"].values())
        return re.search(only, name) and not name.startswith(LEFT_OUT) and suite["human"]["code"] == 0 and not slow

    return {name: suite["files"] for name, suite in suites.items() if is_suitable(name, suite)}


def mutant(source, suite):
    """The files of a suite with one change, where it is and what was done; `None` where nothing could be changed."""
    files = dict(suite)
    targets = [path for path in files if path.endswith((".tf", ".hcl", ".json")) and ".tfvars" not in path]
    for _ in range(8):
        path = source.choice(targets)
        try:
            mutation = (Json if path.endswith(".json") else Native)(source, files[path])
            done = mutation.mutate()
        except (ValueError, RecursionError):
            continue
        if done:
            files[path] = mutation.text()
            return files, path, done
    return None


def compared(suite, files):
    with tempfile.TemporaryDirectory() as directory:
        folder = pathlib.Path(directory) / "w"
        folder.mkdir()
        write(folder, suite)
        if any("module" in text or "provider" in text for text in files.values()):
            install(folder)
        write(folder, files)
        return compare(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--only", default="")
    parser.add_argument("--into", type=pathlib.Path, default=pathlib.Path("mutants"))
    arguments = parser.parse_args()
    suites = passing_suites(arguments.only)
    source = random.Random(arguments.seed)
    count, seen = collections.Counter(), collections.Counter()
    for number in range(arguments.count):
        name = source.choice(list(suites))
        made = mutant(source, suites[name])
        if made is None:
            continue
        files, path, done = made
        how, *found = compared(suites[name], files)
        count[how] += 1
        summaries = [tuple(sorted({one if isinstance(one, str) else one[2] for one in part})) for part in found]
        alike = (how, *summaries)
        seen[alike] += 1
        if how == "agree" or seen[alike] > ALIKE:
            continue
        out = arguments.into / f"{how}-{arguments.seed}-{number}"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        write(out, files)
        report = [f"{how} {out} {name} {path} {done}"]
        for sign, part in zip(("T-", "R+", "t-"), found):
            report += [f"  {sign} {one}" for one in part]
        (out / "REPORT").write_text("\n".join(report))
        print("\n".join(report), flush=True)
    print(dict(count))


if __name__ == "__main__":
    main()
