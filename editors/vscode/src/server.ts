/** Where the server program is: the setting, then the one inside the extension, then the PATH. Knows nothing of VS Code. */

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

export interface Lookup {
  /** The value of `runblock.server.path`; empty means not set. */
  setting: string;
  extensionPath: string;
  /** What `${workspaceFolder}` and relative settings mean; undefined when no folder is open. */
  workspaceFolder: string | undefined;
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
}

export type Found = { path: string; origin: 'setting' | 'bundled' | 'PATH' };
/** What was looked for in vain: the program that the setting names, or any program at all. */
export type Missing = { missing: 'setting'; path: string } | { missing: 'everywhere' };

/** A setting that names no program is an error and not passed over, since the user has asked for exactly that one. */
export function findServer(lookup: Lookup): Found | Missing {
  const program = lookup.platform === 'win32' ? 'runblock.exe' : 'runblock';
  if (lookup.setting.trim() !== '') {
    const file = expand(lookup.setting.trim(), lookup);
    return isProgram(file, lookup) ? { path: file, origin: 'setting' } : { missing: 'setting', path: file };
  }
  const bundled = path.join(lookup.extensionPath, 'server', program);
  if (isProgram(bundled, lookup)) return { path: bundled, origin: 'bundled' };
  for (const directory of searchPath(lookup)) {
    const file = path.join(directory, program);
    if (isProgram(file, lookup)) return { path: file, origin: 'PATH' };
  }
  return { missing: 'everywhere' };
}

/** One sentence for the user: what is wrong and what mends it. */
export function serverNotFound(result: Missing): string {
  return result.missing === 'setting'
    ? `runblock: the setting runblock.server.path names "${result.path}", which is not a program.`
    : 'runblock: no server found. Install the runblock program on the PATH, or set runblock.server.path to it.';
}

function expand(setting: string, lookup: Lookup): string {
  const home = lookup.env['HOME'] ?? os.homedir();
  const folder = lookup.workspaceFolder ?? '';
  const file = setting.replace(/^~(?=[/\\])/, () => home).replaceAll('${workspaceFolder}', () => folder);
  return path.resolve(folder, file);
}

function searchPath(lookup: Lookup): string[] {
  // Windows spells the variable `Path` and reads it in any case.
  const key = Object.keys(lookup.env).find((name) => name.toUpperCase() === 'PATH');
  const separator = lookup.platform === 'win32' ? ';' : ':';
  // Relative entries are skipped: they would let the opened folder choose the program.
  return (key ? (lookup.env[key] ?? '') : '').split(separator).filter((entry) => path.isAbsolute(entry));
}

function isProgram(file: string, lookup: Lookup): boolean {
  try {
    if (!fs.statSync(file).isFile()) return false;
    if (lookup.platform !== 'win32') fs.accessSync(file, fs.constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
