/** The checks of the VS Code extension, in the order in which a user would meet things. Started by ../vscode.sh. */

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Checks, equal, until } from './checks.mjs';
import { launch, newPage, Workbench } from './workbench.mjs';

const string = { type: 'string' };
const { values: args } = parseArgs({
  options: { url: string, workspace: string, settings: string, pictures: string, screenshot: string, server: string },
});

const testName = 'greeting.tftest.hcl';
const testFile = path.join(args.workspace, testName);
const text = fs.readFileSync(testFile, 'utf8');

const browser = await launch();
const page = await newPage(browser);
const code = new Workbench(page);
const checks = new Checks(page, args.pictures);
const check = checks.check.bind(checks);

await code.open(args.url, true);
await code.openFile(testName);

// Lens lines: 0 is the file, 1 to 3 are the runs of the file.
const [FIRST, POLITE] = [1, 2];

await check('a test file is known by its name', async () => {
  await until('language Terraform Test', async () => (await code.language()) === 'Terraform Test', () => code.language());
});

await check('▶ Run file and a ▶ Run for every run block', async () => {
  const expected = ['▶ Run file', '▶ Run', '▶ Run', '▶ Run'];
  await until('the lenses', async () => (await code.lenses()).length === 4, async () => JSON.stringify(await code.lenses()), 30);
  equal(await code.lenses(), expected);
});

await check('a correct file has no error', async () => equal(await code.errorSquiggles(), 0));

await check('a misspelt reference is an error while typing', async () => {
  await code.goTo(after('Hello, ${var.name'));
  await code.keyboard.press('Backspace');
  await until('an error', async () => (await code.errorSquiggles()) > 0);
  const problem = await code.nextProblem();
  if (!problem.includes('nam')) throw new Error(`the problem does not name what is wrong: ${problem}`);
});

await check('and goes away with the mistake', async () => {
  await code.goTo(after('Hello, ${var.nam'));
  await code.keyboard.type('e');
  await until('no error', async () => (await code.errorSquiggles()) === 0);
});

await check('run. offers the earlier runs and no others', async () => {
  await code.goTo(after('terraform_data.card.output == "Hello, Ada!"'));
  await code.keyboard.type(' && run.');
  equal((await code.completions()).sort(), ['asks_politely', 'joins_the_words']);
});

await check('run.x. offers the outputs', async () => {
  await code.keyboard.press('Escape');
  await code.keyboard.type('joins_the_words.');
  equal((await code.completions()).sort(), ['card', 'greeting']);
  await code.keyboard.press('Escape');
});

await check('the first letters of a block offer it', async () => {
  await code.goTo(before('run "joins_the_words"'));
  await code.keyboard.press('Enter');
  await code.keyboard.press('ArrowUp');
  await code.keyboard.type('ru');
  equal((await code.completions()).slice(0, 1), ['run']);
  await code.keyboard.press('Escape');
});

await check('what was typed can be taken back', async () => {
  // Some edits were joined into one undo step, so the number of steps is not known.
  await until('a clean buffer', async () => {
    await code.keyboard.press('Control+z');
    return !(await code.isDirty());
  });
  await until('no error', async () => (await code.errorSquiggles()) === 0);
});

await check('a hover tells of a function, and of a variable', async () => {
  for (const [place, wanted] of [['= leng', 'length(value: any) -> number'], ['${var.na', 'Who is greeted.']]) {
    await code.goTo(after(place));
    const shown = await code.hover();
    if (!shown.includes(wanted)) throw new Error(`${place}: ${shown}`);
  }
});

await check('Format Document lays the file out, and nothing else', async () => {
  await code.goTo(after('command'));
  await code.keyboard.type('    ');
  await code.runCommand('Format Document');
  // Saved again until the layout is there.
  await until('the file as it was', async () => {
    await code.keyboard.press('Control+s');
    return !(await code.isDirty()) && fs.readFileSync(testFile, 'utf8') === text;
  });
});

await check('▶ Run of a passing run shows ✓ beside it', async () => {
  await code.clickLens(FIRST, '▶ Run');
  await verdict(FIRST, /^✓/);
});

await check('▶ Run of a failing run shows ✗ and how many asserts failed', async () => {
  await code.clickLens(POLITE, '▶ Run');
  await verdict(POLITE, /^✗ 1 of 1/);
});

await check('the other run keeps its verdict', () => verdict(FIRST, /^✓/));

await check('the failing condition is marked, with the operand values', async () => {
  await until('a mark', async () => (await code.errorSquiggles()) > 0);
  await code.goTo(before('run "asks_politely"'));
  const problem = await code.nextProblem(async () => {
    const { line } = before('output.greeting == "Hello, ${var.name}!"');
    await until('the cursor is on the condition', async () => (await code.cursor()).startsWith(`Ln ${line},`), () => code.cursor());
    if (args.screenshot) {
      fs.mkdirSync(path.dirname(args.screenshot), { recursive: true });
      await code.photograph(args.screenshot, 'A greeting is not');
    }
  });
  for (const part of ['A greeting is not a question.', 'output.greeting is "Hello, Ada?"']) {
    if (!problem.includes(part)) throw new Error(`"${part}" is not in: ${problem}`);
  }
});

await check('a click on ✗ tells what failed', async () => {
  await code.clickLens(POLITE, '✗');
  const told = async () => (await code.toasts()).some((toast) => toast.includes('output.greeting is "Hello, Ada?"'));
  await until('a message with the values', told, async () => (await code.toasts()).join(' | '));
  await code.runCommand('Notifications: Clear All Notifications');
});

await check('a run that passes raises no notification', async () => {
  await code.clickLens(FIRST, '▶ Run');
  await verdict(FIRST, /^✓/);
  await until('no notification', async () => (await code.toasts()).length === 0, async () => (await code.toasts()).join(' | '));
});

await check('unsaved text is what runs', async () => {
  await code.goTo(after('mark = "?'));
  await code.keyboard.press('Backspace');
  await code.keyboard.type('!');
  await code.clickLens(POLITE, '▶ Run');
  await verdict(POLITE, /^✓/);
  equal(await code.isDirty(), true);
  equal(fs.readFileSync(testFile, 'utf8'), text);
});

await check('and the mark is gone', async () => {
  await until('no mark', async () => (await code.errorSquiggles()) === 0);
});

await check('▶ Run file gives every run a verdict', async () => {
  await code.clickLens(0, '▶ Run file');
  for (const line of [1, 2, 3]) await verdict(line, /^✓/);
});

await check('Cancel ends a run that would not end', async () => {
  await code.openFile('slow.tftest.hcl');
  await until('the lenses', async () => (await code.lensLines()).length === 2, async () => JSON.stringify(await code.lenses()));
  await code.clickLens(FIRST, '▶ Run');
  await verdict(FIRST, /^⏳/);
  // The button comes after a moment, since short runs need none.
  await page.locator('.notification-toast', { hasText: 'never_ends' }).hover({ timeout: 10_000 });
  await page.locator('.notification-toast .monaco-button', { hasText: 'Cancel' }).click({ timeout: 10_000 });
  await verdict(FIRST, /^✗/);
  await until('a mark', async () => (await code.errorSquiggles()) > 0);
  await code.openFile(testName);
});

await check('go to definition of var.name lands in the module', async () => {
  await code.goTo(before('var.name'));
  await code.keyboard.press('F12');
  await until('main.tf', async () => (await code.activeTab()) === 'main.tf', () => code.activeTab());
  await until('the variable', async () => (await code.cursor()).startsWith('Ln 1,'), () => code.cursor());
});

await check('a server that dies is started again, without a word', async () => {
  await code.openFile(testName);
  const [first, ...others] = servers();
  equal(others, []);
  process.kill(first, 'SIGKILL');
  await until('another server', () => servers().some((id) => id !== first), () => servers().join(' '));
  await until('the lenses', async () => (await code.lensLines()).length === 4, async () => JSON.stringify(await code.lenses()));
  await code.clickLens(FIRST, '▶ Run');
  await verdict(FIRST, /^✓/);
  equal(await code.toasts(), []);
});

await check('lenses can be switched off and on', async () => {
  for (const [enabled, count] of [[false, 0], [true, 4]]) {
    set('runblock.codeLens.enabled', enabled);
    await until(`${count} lens lines`, async () => (await code.lensLines()).length === count, async () => JSON.stringify(await code.lenses()));
  }
});

for (const [name, program] of [['a wrong server path', '/nowhere/runblock'], ['a program that is no server', '/bin/false']]) {
  await check(`${name} is one error with a way to the setting`, async () => {
    set('runblock.server.path', program);
    const about = async () => (await code.toasts()).filter((toast) => toast.includes(program)).length === 1;
    await until('the error', about, async () => (await code.toasts()).join(' | '));
    equal((await code.toasts()).length, 1);
    await page.locator('.notification-toast .monaco-button', { hasText: 'Open Setting' }).click();
    await page.waitForSelector('.settings-editor', { timeout: 10_000 });
    equal(await code.activeTab(), 'Settings');
    await code.keyboard.press('Control+F4');
  });
}

await check('and a corrected path starts the server again', async () => {
  set('runblock.server.path', process.env.RUNBLOCK_BIN);
  await code.openFile(testName);
  await until('the lenses', async () => (await code.lenses()).includes('▶ Run'), async () => JSON.stringify(await code.lenses()));
  equal(servers().length, 1);
});

await page.context().close();

await check('in Restricted Mode nothing runs, and the user is told why', async () => {
  const stranger = new Workbench(await newPage(browser));
  checks.page = stranger.page;
  await stranger.open(args.url, false);
  await stranger.openFile(testName);
  await until('the lenses', async () => (await stranger.lenses()).length === 4, async () => JSON.stringify(await stranger.lenses()), 30);
  await stranger.clickLens(FIRST, '▶ Run');
  const told = async () => (await stranger.toasts()).some((toast) => toast.includes('Restricted Mode'));
  await until('a message', told, async () => (await stranger.toasts()).join(' | '));
  equal(await stranger.lenses(), ['▶ Run file', '▶ Run', '▶ Run', '▶ Run']);
});

await browser.close();
process.exit(checks.finish());

/** Waits until the lens line ends with a verdict that matches. */
async function verdict(line, pattern) {
  const at = async () => (await code.lensLines())[line] ?? [];
  await until(`${pattern} in lens line ${line}`, async () => (await at()).some((lens) => pattern.test(lens)), async () => JSON.stringify(await code.lensLines()));
}

function set(name, value) {
  const settings = JSON.parse(fs.readFileSync(args.settings, 'utf8'));
  fs.writeFileSync(args.settings, JSON.stringify({ ...settings, [name]: value }));
}

/** The ids of the servers that descend from this test's VS Code server. */
function servers() {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n').map((row) => row.trim().split(/\s+/));
  const parent = new Map(rows.map(([id, above]) => [id, above]));
  const isOurs = (id) => id === args.server || (parent.has(id) && isOurs(parent.get(id)));
  return rows.filter(([id, , ...command]) => command.join(' ').endsWith('runblock lsp') && isOurs(id)).map(([id]) => Number(id));
}

/** Where the first `needle` of the test file ends, as a 1-based line and column. */
function after(needle) {
  return position(needle, needle.length);
}

/** Where the first `needle` of the test file begins. */
function before(needle) {
  return position(needle, 0);
}

function position(needle, offset) {
  // A needle of the half-typed text is a prefix of one in the saved text, so positions on its line agree.
  const index = text.indexOf(needle);
  if (index < 0) throw new Error(`"${needle}" is not in the test file`);
  const lines = text.slice(0, index + offset).split('\n');
  return { line: lines.length, column: lines.at(-1).length + 1 };
}
