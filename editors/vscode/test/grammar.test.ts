/** The TextMate grammar, through the same engine that VS Code uses: which scope does a piece of text get? */

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import * as oniguruma from 'vscode-oniguruma';
import * as textmate from 'vscode-textmate';

const here = process.cwd();

async function loadGrammar(): Promise<textmate.IGrammar> {
  const wasm = fs.readFileSync(path.join(here, 'node_modules/vscode-oniguruma/release/onig.wasm'));
  await oniguruma.loadWASM(wasm);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => {
      const file = path.join(here, 'syntaxes/terraform-test.tmLanguage.json');
      return textmate.parseRawGrammar(fs.readFileSync(file, 'utf8'), file);
    },
  });
  const grammar = await registry.loadGrammar('source.terraform-test');
  assert.ok(grammar);
  return grammar;
}
const grammar = loadGrammar();

/** The innermost scope, without the grammar's name, of every piece of `source`, as `text:scope`. */
async function scopes(source: string): Promise<string[]> {
  const result: string[] = [];
  let stack = textmate.INITIAL;
  for (const line of source.split('\n')) {
    const tokens = (await grammar).tokenizeLine(line, stack);
    stack = tokens.ruleStack;
    for (const token of tokens.tokens) {
      const text = line.slice(token.startIndex, token.endIndex).trim();
      const scope = token.scopes.at(-1)?.replace(/\.terraform-test$/, '');
      if (text !== '') result.push(`${text}:${scope}`);
    }
  }
  return result;
}

async function contains(source: string, ...expected: string[]): Promise<void> {
  const found = await scopes(source);
  for (const scope of expected) assert.ok(found.includes(scope), `${scope} is not in\n${found.join('\n')}`);
}

test('blocks of test files, with labels', () =>
  contains(
    'run "first" {\n  assert {\n  }\n}\nmock_provider "aws" {}\nresource "x" "y" {}',
    'run:keyword.other.block',
    '"first":entity.name.function.label',
    'assert:keyword.other.block',
    'mock_provider:keyword.other.block',
    'resource:entity.name.type',
  ));

test('a one-line block', () =>
  contains('run "a" { variables { name = "b" } }', 'run:keyword.other.block', 'variables:keyword.other.block'));

test('keywords that are values', () =>
  contains('command = plan\nmode = refresh-only', 'plan:constant.language', 'refresh-only:constant.language'));

test('references, functions and literals', () =>
  contains(
    'condition = run.first.greeting == upper(var.name) && provider::x::y(1.5) != null',
    'condition:variable.other.property',
    'run:support.type.root',
    'greeting:variable.other.member',
    'upper:support.function',
    'var:support.type.root',
    'provider::x::y:support.function',
    '1.5:constant.numeric',
    'null:constant.language',
    '==:keyword.operator.comparison',
  ));

test('a root name alone, or after a dot, is nothing special', async () => {
  const found = await scopes('x = data\ny = local.run.z');
  assert.ok(found.includes('data:variable.other.readwrite'));
  assert.ok(found.includes('run:variable.other.member'));
});

test('templates: escapes, interpolation and directives', () =>
  contains(
    's = "a \\n $${no} ${var.yes} %{ if true }t%{ endif }"',
    '\\n:constant.character.escape',
    '$${:constant.character.escape',
    '${:punctuation.section.interpolation.begin',
    'var:support.type.root',
    'if:keyword.control',
    'endif:keyword.control',
  ));

test('an object inside an interpolation does not end it', () =>
  contains('s = "${{ a = 1 }.a} tail"\nt = 2', 'tail:string.quoted.double', 't:variable.other.property'));

test('a heredoc ends at its marker and not before', () =>
  contains(
    'x = <<-EOT\n  EOTX ${var.a}\n  # no comment\n  EOT\ny = true',
    'EOTX:string.unquoted.heredoc',
    '# no comment:string.unquoted.heredoc',
    'EOT:keyword.control.heredoc',
    'true:constant.language',
  ));

test('a forgotten quote spoils one line', () => contains('a = "open\nb = true', 'true:constant.language'));

test('comments of all three kinds', () =>
  contains(
    '# one\n// two\n/* three\nfour */ a = 1',
    'one:comment.line.number-sign',
    'two:comment.line.double-slash',
    'four:comment.block',
    'a:variable.other.property',
  ));
