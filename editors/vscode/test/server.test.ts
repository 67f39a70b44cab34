/** The order in which the server program is looked for. */

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { test } from 'node:test';
import { findServer, Lookup, serverNotFound } from '../src/server';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'runblock-lookup-'));
process.on('exit', () => fs.rmSync(root, { recursive: true }));

const program = (file: string, mode = 0o755) => {
  const full = path.join(root, file);
  fs.mkdirSync(path.dirname(full), { recursive: true });
  fs.writeFileSync(full, '', { mode });
  return full;
};
const inFolder = program('folder/tools/runblock');
const bundled = program('extension/server/runblock');
const onPath = program('bin/runblock');
const notExecutable = program('data/runblock', 0o644);

const lookup = (change: Partial<Lookup>): Lookup => ({
  setting: '',
  extensionPath: path.join(root, 'extension'),
  workspaceFolder: path.join(root, 'folder'),
  env: { PATH: path.join(root, 'bin'), HOME: root },
  platform: 'linux',
  ...change,
});
const bare = path.join(root, 'no-extension');

test('the setting wins', () => {
  assert.deepEqual(findServer(lookup({ setting: inFolder })), { path: inFolder, origin: 'setting' });
});

test('the setting may be relative to the home, to the folder, or name it', () => {
  for (const setting of ['~/folder/tools/runblock', 'tools/runblock', '${workspaceFolder}/tools/runblock']) {
    assert.deepEqual(findServer(lookup({ setting })), { path: inFolder, origin: 'setting' });
  }
});

test('a setting that names no program is an error, even with a bundled server', () => {
  for (const setting of [path.join(root, 'nowhere'), root, notExecutable]) {
    const result = findServer(lookup({ setting }));
    assert.deepEqual(result, { missing: 'setting', path: setting });
    assert.ok('missing' in result && serverNotFound(result).includes(setting));
  }
});

test('without a setting the bundled server comes before the PATH', () => {
  assert.deepEqual(findServer(lookup({})), { path: bundled, origin: 'bundled' });
  assert.deepEqual(findServer(lookup({ extensionPath: bare })), { path: onPath, origin: 'PATH' });
});

test('the PATH is searched in order, over relative, missing and unusable entries', () => {
  const PATH = ['', 'folder/tools', path.join(root, 'gone'), path.dirname(notExecutable), path.dirname(onPath)].join(':');
  assert.deepEqual(findServer(lookup({ extensionPath: bare, env: { PATH } })), { path: onPath, origin: 'PATH' });
});

test('nothing anywhere', () => {
  const result = findServer(lookup({ extensionPath: bare, env: {}, workspaceFolder: undefined }));
  assert.deepEqual(result, { missing: 'everywhere' });
  assert.ok('missing' in result && serverNotFound(result).includes('runblock.server.path'));
});
