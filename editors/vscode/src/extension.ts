/** Entry point: one language client for the whole window, two commands, and a restart when its settings change. */

import * as vscode from 'vscode';
import { LanguageClient } from 'vscode-languageclient/node';
import { createClient } from './client';
import { watchedFiles } from './files';
import { findServer, serverNotFound } from './server';
import { Status } from './status';

let session: Session | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  session = new Session(context);
  context.subscriptions.push(
    vscode.commands.registerCommand('runblock.restartServer', () => session?.restart()),
    vscode.commands.registerCommand('runblock.showOutput', () => session?.output.show()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('runblock.server')) void session?.restart();
    }),
    // In Restricted Mode the workspace's own choice of a server is ignored; with trust it begins to count.
    vscode.workspace.onDidGrantWorkspaceTrust(() => void session?.restart()),
  );
  await session.restart();
}

export async function deactivate(): Promise<void> {
  await session?.stop();
}

/** The running client, if any. Restarts are queued: two quick changes of a setting never leave two servers behind. */
class Session {
  readonly output: vscode.LogOutputChannel;
  private readonly status: Status;
  private readonly watchers: vscode.FileSystemWatcher[];
  private client: LanguageClient | undefined;
  private queue: Promise<void> = Promise.resolve();

  constructor(private readonly context: vscode.ExtensionContext) {
    this.output = vscode.window.createOutputChannel('runblock', { log: true });
    this.status = new Status();
    this.watchers = watchedFiles.map((pattern) => vscode.workspace.createFileSystemWatcher(pattern));
    context.subscriptions.push(this.output, this.status, ...this.watchers);
  }

  restart(): Promise<void> {
    return this.enqueue(async () => {
      await this.stopClient();
      await this.startClient();
    });
  }

  stop(): Promise<void> {
    return this.enqueue(() => this.stopClient());
  }

  private enqueue(step: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(step).catch((error) => this.output.error(String(error)));
    return this.queue;
  }

  private async startClient(): Promise<void> {
    const settings = vscode.workspace.getConfiguration('runblock');
    const found = findServer({
      setting: settings.get('server.path', ''),
      extensionPath: this.context.extensionPath,
      workspaceFolder: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath,
      env: process.env,
      platform: process.platform,
    });
    if ('missing' in found) {
      const message = serverNotFound(found);
      this.output.error(message);
      this.status.failed(message);
      void offerSetting(message);
      return;
    }
    this.output.info(`starting ${found.path} (${found.origin})`);
    const env = { ...process.env, ...settings.get<Record<string, string>>('server.env', {}) };
    this.client = createClient(found.path, env, this.watchers, this.output, this.status);
    await this.client.start().catch((error) => {
      const message = `runblock: the server ${found.path} did not start: ${error instanceof Error ? error.message : error}`;
      this.status.failed(message);
      void offerSetting(message);
    });
  }

  private async stopClient(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    // A client that never started rejects `dispose`; there is nothing left to stop then.
    await client?.dispose().catch((error) => this.output.warn(`stopping the server: ${error}`));
  }
}

async function offerSetting(message: string): Promise<void> {
  const open = 'Open Setting';
  if ((await vscode.window.showErrorMessage(message, open)) === open) {
    await vscode.commands.executeCommand('workbench.action.openSettings', 'runblock.server.path');
  }
}
