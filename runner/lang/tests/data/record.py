#!/usr/bin/env python3
"""Records what terraform answers into the data files next to this script.

Needs `terraform` on PATH; `python3 record.py [arithmetic|numbers|render|unify|conversions|defaults …]`.
Values and types are written in a notation that both sides read: see `hcl` and `type_hcl` below and `notation.rs`.
"""

import json
import os
import random
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ENV = {k: v for k, v in os.environ.items() if k != "TF_CLI_CONFIG_FILE"} | {"CHECKPOINT_DISABLE": "1"}


def terraform(work, *args, stdin=""):
    done = subprocess.run(["terraform", *args], cwd=work, env=ENV, input=stdin, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def quote(text):
    out = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    out = out.replace("${", "$${").replace("%{", "%%{")
    return '"' + "".join(c if ord(c) >= 32 else f"\\u{ord(c):04x}" for c in out) + '"'


def hcl(value):
    """A value of the notation as an expression: [kind, contents]."""
    kind, inner = value
    if kind == "string":
        return quote(inner)
    if kind == "number":
        return f"({inner})" if inner.startswith("-") else inner
    if kind == "bool":
        return "true" if inner else "false"
    if kind == "null":
        return {"any": "null", "string": "tostring(null)", "number": "tonumber(null)", "bool": "tobool(null)"}[inner]
    if kind in ("list", "set", "tuple"):
        items = "[" + ", ".join(hcl(item) for item in inner) + "]"
        return items if kind == "tuple" else f"to{kind}({items})"
    if kind in ("map", "object"):
        items = "{" + ", ".join(f"{quote(key)} = {hcl(item)}" for key, item in inner.items()) + "}"
        return items if kind == "object" else f"tomap({items})"
    if kind == "sensitive":
        return f"sensitive({hcl(inner)})"
    raise ValueError(kind)


def type_hcl(ty):
    """A type of the notation: a name, [kind, element], ["tuple", [..]], ["object", {..}] with ["optional", type]."""
    if isinstance(ty, str):
        return ty
    kind, inner = ty[:2]
    if kind == "optional":
        return f"optional({type_hcl(inner)}, {hcl(ty[2])})" if len(ty) > 2 else f"optional({type_hcl(inner)})"
    if kind == "tuple":
        return "tuple([" + ", ".join(map(type_hcl, inner)) + "])"
    if kind == "object":
        return "object({" + ", ".join(f"{k} = {type_hcl(v)}" for k, v in inner.items()) + "})"
    return f"{kind}({type_hcl(inner)})"


def console(work, line):
    """What a console that must not fail prints for one line."""
    code, out, err = terraform(work, "console", stdin=line + "\n")
    if code:
        raise SystemExit(line[:500] + err[-2000:])
    return out[:-1]


def strings(work, expressions):
    """The values of many expressions that are strings."""
    with open(os.path.join(work, "main.tf"), "w", encoding="utf-8") as file:
        file.write("locals {\n  all = [\n" + "".join(f"    {e},\n" for e in expressions) + "  ]\n}\n")
    answers = json.loads(terraform_string(console(work, "jsonencode(local.all)")))
    os.remove(os.path.join(work, "main.tf"))
    return answers


def message(err):
    """The lines of the first error's box as one paragraph."""
    err = re.sub(r"\x1b\[[0-9;]*m", "", err)
    lines = [line[1:].strip() for line in err.splitlines() if line.startswith("│")]
    return " ".join(line for line in lines if line)


def write(name, rows):
    with open(os.path.join(HERE, name), "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n")
    print(name, len(rows))


def arithmetic(work):
    rng = random.Random(20)

    def leaf():
        pick = rng.randrange(10)
        if pick < 3:
            return str(rng.randrange(0, 1000))
        if pick < 5:
            return f"{rng.randrange(0, 100)}.{rng.randrange(0, 10**rng.randrange(1, 20))}"
        if pick < 6:
            return f"{rng.randrange(1, 99)}e{rng.randrange(-40, 40)}"
        if pick < 7:
            return str(rng.randrange(10**18, 10 ** rng.randrange(19, 60)))
        if pick < 9:
            return ["len", rng.randrange(0, 12)]
        return ["f64", f"{rng.randrange(0, 1000)}.{rng.randrange(0, 1000)}"]

    def tree(depth):
        if depth == 0 or rng.random() < 0.2:
            return leaf()
        op = rng.choice("+-*/%+-*/n")
        return [op, tree(depth - 1)] if op == "n" else [op, tree(depth - 1), tree(depth - 1)]

    def text(node):
        if isinstance(node, str):
            return node
        if node[0] == "len":
            return "length([" + ",".join("0" * node[1]) + "])"
        if node[0] == "f64":
            return f"pow({node[1]},1)"
        if node[0] == "n":
            return f"(-{text(node[1])})"
        return f"({text(node[1])} {node[0]} {text(node[2])})"

    trees = [tree(rng.randrange(1, 6)) for _ in range(1000)]
    pairs = [(tree(2), tree(2), rng.choice(["==", "<", ">", "<=", ">=", "!="])) for _ in range(200)]
    # The same quantity by two routes, where equality is delicate.
    for digits in ("0.1", "2.5", "0.3", "1.1", "123.456", "1e22", "0.7"):
        pairs.append((["f64", digits], digits, "=="))
        pairs.append((["f64", digits], digits, "<"))
        pairs.append((["*", ["f64", digits], "3"], ["*", digits, "3"], "=="))
    lines = [f'try(tostring({text(t)}), "error")' for t in trees]
    lines += [f'try(tostring({text(a)} {op} {text(b)}), "error")' for a, b, op in pairs]
    answers = strings(work, lines)
    rows = [{"tree": t, "text": a} for t, a in zip(trees, answers)]
    rows += [{"tree": [op, a, b], "text": answer} for (a, b, op), answer in zip(pairs, answers[len(trees):])]
    write("arithmetic.json", rows)


def numbers(work):
    texts = """0 -0 1 -1 +5 007 1.0 1.50 .5 5. . -.5 1e3 1E3 1e+3 1e-3 1e 1e+ e5 1e1.5 1p5 1p-2 1P3 Inf inf -Inf +inf INF
    Infinity NaN nan 0x10 0b1 0o7 1_000 1,000 ++1 --1 1- 9223372036854775807 9223372036854775808 -9223372036854775808
    18446744073709551616 123456789012345678901234567890 0.1 0.2 0.30000000000000004 1e22 1e23 1e100 1e-100 1e400 1e-400
    3.141592653589793238462643383279502884197169399375105820974944592307816406286208998628034825342117067982148086513
    1e999999999 -1e999999999 1e-999999999 1e2147483647 1e2147483648 1e-2147483649 1e99999999999999999999
    99999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999
    1.7976931348623157e308 4.9e-324 2.2250738585072014e-308 123e456 5e-310 1e308 0.000001 1234567890123456789.123456789
    ١٢ 1\u00a0 \t1 1\n -""".replace("\n    ", " ").split(" ")
    texts += ["", " 1", "1 ", "1\n", "é"] + ["7" * n for n in (18, 19, 20, 154, 155, 156, 200, 400)]
    texts += ["0." + "3" * n for n in (17, 100, 154, 155, 160, 300)] + ["1" + "0" * n for n in (18, 100, 154, 155, 400)]
    lines = [f'try(tostring(tonumber({quote(t)})), "error")' for t in texts]
    write("numbers.json", [{"text": t, "number": a} for t, a in zip(texts, strings(work, lines))])


def s(text):
    return ["string", text]


def n(text):
    return ["number", str(text)]


def render_values():
    values = [
        s(""), s("a"), s("a\nb"), s("a\nb\nc\n"), s("\n"), s("EOT\nEOT_\n x"), s(" EOT \n\t"), s('"\\\t\r'), s("é\u0301 e\u0301"),
        s("\u200b\u00ad\u2028\u00a0"), s("\U0001F600\u0301 \ufeff"), s("<>&'`"), s("${a} %{b} $${"), s("\x7f\x80\x01"), s("日本語"),
        n(0), n(1), n("1.5"), n("1e20"), n("1e-7"), n("0.1"), n("123456789012"), n("1234567890.123"), n("1e400"), n("-1"),
        n("3.14159265358979"), n("100000000000000000000000"), n("0.00001234"), n("99999999999"), n("9999999999.5"),
        ["bool", True], ["bool", False],
        ["null", "any"], ["null", "string"], ["null", "number"], ["null", "bool"],
        ["tuple", []], ["tuple", [n(1)]], ["tuple", [n(1), s("a"), ["null", "any"]]],
        ["object", {}], ["object", {"a": n(1)}], ["object", {"a": n(1), "b c": s("x\ny"), "é": ["tuple", []]}],
        ["object", {"k\nk": n(1), "": n(2)}], ["object", {"a": ["object", {"b": ["object", {}]}]}],
        ["list", []], ["list", [s("a")]], ["list", [s("a"), s("b"), s("a")]], ["list", [["list", [n(1)]], ["list", []]]],
        ["set", []], ["set", [s("a")]], ["set", [s("b"), s("a"), s("B"), s("é"), s("b"), s("aa"), s("")]],
        ["map", {}], ["map", {"a": n(1)}], ["map", {"b": s("x"), "a": ["null", "string"]}],
        ["list", [["object", {"a": n(1)}], ["object", {"a": n(2)}]]],
        ["tuple", [["tuple", [["tuple", [s("a\nb")]]]]]],
        ["sensitive", s("x")], ["tuple", [["sensitive", s("x")], n(1)]], ["sensitive", ["tuple", []]],
        ["object", {"a": ["sensitive", n(1)]}], ["sensitive", ["null", "any"]],
        ["set", [["sensitive", s("x")], s("y")]],
        ["list", [["null", "string"], s("a")]], ["set", [["null", "string"], s("a")]],
    ]
    rng = random.Random(7)

    def number():
        pick = rng.randrange(4)
        if pick == 0:
            return n(rng.randrange(-20, 20))
        if pick == 1:
            return n(f"{rng.randrange(-9, 9)}.{rng.randrange(1, 999)}")
        if pick == 2:
            return n(rng.randrange(10**9, 10**14))
        return n(f"{rng.randrange(1, 9)}e{rng.randrange(-12, 25)}")

    def text():
        return s("".join(rng.choice('abAB01 é"\\\n~?<;日') for _ in range(rng.randrange(0, 5))))

    def many(make, count=9):
        return [make() for _ in range(rng.randrange(2, count))]

    for _ in range(12):
        values.append(["set", many(number)])
        values.append(["set", many(text)])
        values.append(["set", many(lambda: ["object", {"a": number(), "b": text()}])])
        values.append(["set", many(lambda: ["tuple", [text(), number(), ["bool", rng.random() < 0.5]]])])
        values.append(["set", many(lambda: ["list", [text() for _ in range(rng.randrange(1, 3))]])])
        values.append(["set", many(lambda: ["map", {rng.choice("xyz"): text(), rng.choice("xyz"): text()}])])
        values.append(["set", many(lambda: ["set", [number() for _ in range(rng.randrange(1, 4))]])])
        values.append(["set", many(lambda: ["object", {"n": rng.choice([["null", "string"], text()]), "m": number()}])])
    return values


def render(work):
    values = render_values()
    with open(os.path.join(work, "main.tf"), "w", encoding="utf-8") as file:
        file.write("locals {\n" + "".join(f"  v{i} = {hcl(v)}\n" for i, v in enumerate(values)) + "}\n")
    rows = []
    for i, value in enumerate(values):
        encode = f"jsonencode(local.v{i})"
        if "sensitive" in json.dumps(value):
            encode = f"nonsensitive({encode})"
        shown, ty, encoded = (console(work, line) for line in (f"local.v{i}", f"type(local.v{i})", encode))
        encoded = terraform_string(encoded)
        rows.append({"value": value, "console": shown, "type": ty, "json": encoded, "statement": None})
    with open(os.path.join(work, "outputs.tf"), "w", encoding="utf-8") as file:
        file.write("".join(f"output \"o{i}\" {{\n  value = [local.v{i}][1]\n}}\n" for i in range(len(values))))
    _, out, _ = terraform(work, "plan", "-json")
    for event in map(json.loads, out.splitlines()):
        for found in event.get("diagnostic", {}).get("snippet", {}).get("values", []):
            rows[int(found["traversal"].removeprefix("local.v"))]["statement"] = found["statement"]
    os.remove(os.path.join(work, "main.tf"))
    write("render.json", rows)


def terraform_string(text):
    """The contents of a string as the console quotes it (Go's escapes, of which JSON output needs only these)."""
    return re.sub(r'\\(u[0-9a-f]{4}|x[0-9a-f]{2}|U[0-9a-f]{8}|.)', unescape, text[1:-1])


def unescape(found):
    code = found.group(1)
    if code[0] in "uxU" and len(code) > 1:
        return chr(int(code[1:], 16))
    return {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}.get(code, code)


UNIFY = [
    s("a"), n(1), ["bool", True], ["tuple", []], ["tuple", [n(1)]], ["tuple", [s("a")]], ["tuple", [n(1), s("a")]],
    ["tuple", [["bool", True], n(1)]], ["list", [n(1)]], ["list", [s("a")]], ["list", [["bool", True]]], ["set", [n(1)]], ["set", [s("a")]],
    ["map", {"a": n(1)}], ["map", {"a": s("x")}], ["object", {}], ["object", {"a": n(1)}], ["object", {"a": s("x")}],
    ["object", {"b": n(1)}], ["object", {"a": n(1), "b": s("x")}], ["object", {"a": ["tuple", [n(1)]]}],
    ["object", {"a": ["list", [s("x")]]}], ["list", [["object", {"a": n(1)}]]], ["list", [["tuple", [n(1)]]]],
    ["list", [["map", {"a": s("x")}]]], ["tuple", [["object", {"a": n(1)}], ["object", {"a": s("x")}]]], ["map", {"a": ["list", [n(1)]]}],
    ["tuple", [["null", "any"]]], ["object", {"a": ["null", "any"]}], ["null", "string"], ["list", []], ["map", {}], ["set", []],
]


def unify(work):
    rows = []
    for a in UNIFY:
        for b in UNIFY:
            row = {"a": a, "b": b}
            for key, expression in (("conditional", f"true ? {hcl(a)} : {hcl(b)}"), ("list", f"tolist([{hcl(a)}, {hcl(b)}])")):
                code, out, err = terraform(work, "console", stdin=f"type({expression})\n")
                row[key] = None if code else out[:-1]
            rows.append(row)
    write("unify.json", rows)


def conversions(work):
    opt = lambda ty: ["optional", ty]
    types = [
        "string", "number", "bool", "any", ["list", "string"], ["list", "number"], ["list", "any"], ["set", "string"], ["set", "any"],
        ["set", "number"], ["map", "string"], ["map", "number"], ["map", "any"], ["tuple", ["string", "number"]], ["tuple", []], ["tuple", ["any"]],
        ["object", {}], ["object", {"a": "string"}], ["object", {"a": "number", "b": "string"}], ["object", {"a": opt("string")}],
        ["object", {"a": "any", "z": opt(["list", "string"])}], ["object", {"x": "bool", "y": "bool", "z": "bool"}],
        ["list", ["object", {"a": "string", "b": opt("number")}]], ["map", ["object", {"a": opt("string"), "b": opt("bool")}]],
        ["list", ["list", "any"]], ["map", ["list", "any"]], ["set", ["object", {"a": "any"}]], ["object", {"a": ["object", {"b": "string", "c": opt("any")}]}],
    ]
    values = [
        s("a"), s("true"), s("TRUE"), s("1"), s("12.50"), n(5), n("0.1"), ["bool", True], ["null", "any"], ["null", "string"],
        ["tuple", []], ["tuple", [n(1)]], ["tuple", [s("a"), n(1)]], ["tuple", [s("x"), s("y")]], ["tuple", [n(1), ["bool", True]]],
        ["tuple", [["null", "any"], s("a")]], ["tuple", [["tuple", [n(1)]], ["tuple", [s("a"), s("b")]]]], ["tuple", [["object", {"a": n(1)}], ["object", {"a": s("x"), "b": n(2)}]]],
        ["tuple", [["object", {"a": n(1)}], ["object", {"a": s("q")}]]], ["tuple", [n(1), ["object", {}]]],
        ["object", {}], ["object", {"a": n(1)}], ["object", {"a": s("x"), "b": n(1)}], ["object", {"a": ["bool", True], "b": ["bool", False]}],
        ["object", {"a": ["object", {"b": n(1)}]}], ["object", {"a": ["object", {"a": n(1), "b": s("true")}], "b": ["object", {}]}], ["object", {"b": n(1)}], ["object", {"a": ["null", "any"]}],
        ["object", {"a": ["tuple", [n(1)]], "b": ["tuple", [s("x"), s("y")]]}],
        ["list", []], ["list", [s("a"), s("1")]], ["list", [s("1"), s("1")]], ["list", [n(1), n(2), n(1)]], ["set", []], ["set", [s("b"), s("a")]], ["set", [n(2), n(1)]],
        ["map", {}], ["map", {"a": s("x")}], ["map", {"a": n(1), "b": n(2)}], ["map", {"a": ["list", [n(1)]]}], ["list", [["object", {"a": n(1)}]]],
        ["list", [["map", {"a": s("x")}]]], ["map", {"a": ["object", {"a": n(1)}]}], ["map", {"x": ["object", {"b": s("x")}], "y": ["object", {"b": s("y")}]}],
    ]
    convert_all(work, "conversions.json", types, values)


def defaults(work):
    def opt(ty, *default):
        return ["optional", ty, *default]

    item = ["object", {"a": "string", "b": opt("number", n(7))}]
    nested = ["object", {"a": opt("string", s("A")), "in": opt(["object", {"x": opt("bool", ["bool", True]), "y": opt("string")}], ["object", {}])}]
    types = [
        item, ["list", item], ["set", item], ["map", item], ["tuple", [item, "string"]], nested, ["list", nested], ["map", nested],
        ["object", {"a": opt("string", ["null", "any"]), "b": opt(["list", "string"], ["tuple", [n(1)]])}],
        ["object", {"a": opt("any", s("x")), "in": opt(["map", item], ["object", {"k": ["object", {"a": s("d")}]}])}],
    ]
    one = ["object", {"a": n(1)}]
    values = [
        ["null", "any"], s("x"), one, ["object", {"a": ["null", "any"]}], ["object", {"a": s("x"), "b": ["null", "any"]}], ["object", {}],
        ["object", {"a": s("x"), "b": s("5"), "extra": n(1)}], ["tuple", []], ["tuple", [one]], ["tuple", [one, ["object", {"a": s("z"), "b": n(2)}]]],
        ["tuple", [one, s("q")]], ["tuple", [["null", "any"], one]], ["object", {"k": one}], ["object", {"k": one, "l": ["object", {"a": s("y"), "b": n(3)}]}],
        ["object", {"in": ["object", {"x": ["null", "any"]}]}], ["object", {"in": ["null", "any"]}], ["object", {"in": ["object", {"y": n(1)}], "a": ["null", "any"]}],
        ["list", [one]], ["set", [one]], ["map", {"k": one}], ["map", {"a": s("x")}], ["map", {}], ["list", []],
        ["tuple", [["object", {"in": ["object", {}]}], ["object", {"in": ["object", {"x": ["bool", False]}]}]]],
    ]
    convert_all(work, "defaults.json", types, values)


def convert_all(work, name, types, values):
    """Every value to every type, through the variable of a module; the types and values of outputs are exact."""
    os.makedirs(os.path.join(work, "m"))

    def write_calls(chosen):
        with open(os.path.join(work, "main.tf"), "w", encoding="utf-8") as file:
            file.write("".join(
                f'module "m{i}" {{\n  source = "./m"\n  v = {hcl(values[i])}\n}}\n' for i in range(len(values)) if i in chosen))
        with open(os.path.join(work, "outputs.tf"), "w", encoding="utf-8") as file:
            file.write("".join(f'output "o{i}" {{\n  value = [module.m{i}.v]\n}}\n' for i in chosen))

    rows = []
    for ty in types:
        with open(os.path.join(work, "m", "main.tf"), "w", encoding="utf-8") as file:
            file.write(f'variable "v" {{\n  type = {type_hcl(ty)}\n}}\noutput "v" {{\n  value = var.v\n}}\n')
        everything = range(len(values))
        write_calls(everything)
        if not rows:
            terraform(work, "init")
        # Four lines per call; the third holds the argument, which is what an error points at.
        _, out, _ = terraform(work, "plan", "-json")
        errors = {}
        for event in map(json.loads, out.splitlines()):
            if event.get("diagnostic", {}).get("severity") == "error":
                found = event["diagnostic"]
                errors[(found["range"]["start"]["line"] - 1) // 4] = found["detail"]
        write_calls([i for i in everything if i not in errors])
        code, _, err = terraform(work, "apply", "-auto-approve")
        if code:
            raise SystemExit(err[-3000:])
        outputs = json.loads(terraform(work, "output", "-json")[1])
        os.remove(os.path.join(work, "terraform.tfstate"))
        for i, value in enumerate(values):
            row = {"value": value, "type": ty}
            if i in errors:
                row["error"] = errors[i]
            else:
                row["result"] = outputs[f"o{i}"]["type"][1][0]
                row["json"] = outputs[f"o{i}"]["value"][0]
            rows.append(row)
    write(name, rows)


if __name__ == "__main__":
    wanted = sys.argv[1:] or ["arithmetic", "numbers", "render", "unify", "conversions", "defaults"]
    for name in wanted:
        with tempfile.TemporaryDirectory() as work:
            globals()[name](work)
