/** Entry point: one language client for the whole window, two commands, and a restart when its settings change. */

import * as vscode from 'vscode';
import { Client } from './client';
import { findServer, serverNotFound } from './server';
import { Status } from './status';

let session: Session | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  session = new Session(context);
  context.subscriptions.push(
    vscode.commands.registerCommand('runblock.restartServer', () => session?.restart()),
    vscode.commands.registerCommand('runblock.showOutput', () => session?.output.show()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      const decisive = ['runblock.server', 'runblock.schemas'];
      if (decisive.some((section) => change.affectsConfiguration(section))) void session?.restart();
      if (change.affectsConfiguration('runblock.codeLens')) session?.refreshLenses();
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
  private client: Client | undefined;
  private queue: Promise<void> = Promise.resolve();

  constructor(private readonly context: vscode.ExtensionContext) {
    this.output = vscode.window.createOutputChannel('runblock', { log: true });
    this.status = new Status();
    context.subscriptions.push(this.output, this.status);
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

  refreshLenses(): void {
    this.client?.refreshLenses();
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
    if ('missing' in found) return this.fail(serverNotFound(found));
    this.output.info(`starting ${found.path} (${found.origin})`);
    const env = { ...process.env, ...settings.get<Record<string, string>>('server.env', {}) };
    const schemas = settings.get<string[]>('schemas', []);
    const client = new Client(found.path, env, schemas, this.output, this.status, (reason) => this.fail(reason));
    this.client = client;
    // Not awaited: a server that never answers must not stand in the way of a restart.
    void client.start().catch((error) => {
      this.output.error(error);
      if (this.client === client) this.fail(`runblock: ${found.path} does not start as a server. The output says why.`);
    });
  }

  private async stopClient(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.stop();
  }

  private fail(message: string): void {
    this.output.error(message);
    this.status.failed(message);
    void offerSetting(message);
  }
}

async function offerSetting(message: string): Promise<void> {
  const open = 'Open Setting';
  if ((await vscode.window.showErrorMessage(message, open)) === open) {
    await vscode.commands.executeCommand('workbench.action.openSettings', 'runblock.server.path');
  }
}
