/** The language client: which documents the server sees, what the editor does around its answers, and its life and death. */

import { ChildProcess, spawn } from 'node:child_process';
import * as vscode from 'vscode';
import {
  CloseAction,
  CodeLensRequest,
  ErrorAction,
  LanguageClient,
  LanguageClientOptions,
  State,
  WorkDoneProgressCancelNotification,
} from 'vscode-languageclient/node';
import { selectedFiles } from './files';
import { CancelButtons } from './progress';
import { Status } from './status';

/** The server's commands that start a run, and so possibly the workspace's own providers and programs. */
const runCommands = new Set(['runblock.run']);

/** A server that dies this often within `crashWindow` milliseconds is not started again. */
const maxCrashes = 4;
const crashWindow = 3 * 60 * 1000;

/** How long a server may take to shut down, in milliseconds, before it is killed. */
const stopTimeout = 2000;

/** The library shows errors as it meets them, several for one failed start; here they only go to the output. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

export class Client {
  private readonly client: LanguageClient;
  private process: ChildProcess | undefined;
  private answered = false;
  private crashes: number[] = [];

  /** `gaveUp` is called when a server that once ran has died too often; the library's own messages stay silent. */
  constructor(
    private readonly program: string,
    private readonly env: NodeJS.ProcessEnv,
    schemas: string[],
    private readonly output: vscode.LogOutputChannel,
    status: Status,
    gaveUp: (reason: string) => void,
  ) {
    const buttons = new CancelButtons(
      (token) => void this.client.sendNotification(WorkDoneProgressCancelNotification.type, { token }),
    );
    const options: LanguageClientOptions = {
      documentSelector: selectedFiles.map((pattern) => ({ scheme: 'file', pattern })),
      initializationOptions: { schemas },
      outputChannel: output,
      middleware: {
        ...middleware,
        handleWorkDoneProgress: (token, params, next) => {
          buttons.handle(token, params);
          next(token, params);
        },
      },
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => {
          // `start` rejects then, and says so itself.
          if (!this.answered) return { action: CloseAction.DoNotRestart, handled: true };
          if (this.mayRestart()) return { action: CloseAction.Restart, handled: true };
          gaveUp(`runblock: the server ${program} has crashed ${maxCrashes} times and is not started again. The output says why.`);
          return { action: CloseAction.DoNotRestart, handled: true };
        },
      },
    };
    this.client = new QuietClient('runblock', 'runblock', async () => this.spawn(), options);
    this.client.onDidChangeState(({ newState }) => {
      if (newState === State.Starting) status.starting();
      if (newState === State.Running) status.running(this.client.initializeResult?.serverInfo?.version);
      if (newState === State.Stopped) {
        status.stopped();
        buttons.endAll();
      }
    });
  }

  /** Resolves when the server has answered, rejects when it ends before that. */
  async start(): Promise<void> {
    await this.client.start();
    // When the server ends at the wrong moment, the library's promise is fulfilled all the same.
    if (!this.client.isRunning()) throw new Error('the server ended before it answered');
    this.answered = true;
  }

  /** Ends the server, whatever state it is in: one that never answered is simply killed. */
  async stop(): Promise<void> {
    this.crashes = new Array(maxCrashes).fill(Date.now());
    if (this.client.isRunning()) {
      await this.client.dispose(stopTimeout).catch((error) => this.output.warn(`stopping the server: ${error}`));
    }
    this.process?.kill();
  }

  /** Makes the editor ask for the lenses again. */
  refreshLenses(): void {
    const feature = this.client.getFeature(CodeLensRequest.method);
    const providers = vscode.window.visibleTextEditors.map(({ document }) => feature.getProvider(document));
    for (const provider of new Set(providers)) provider?.onDidChangeCodeLensEmitter.fire();
  }

  private spawn(): ChildProcess {
    this.process = spawn(this.program, ['lsp'], { env: this.env });
    // A program that the system cannot start shows itself here; the client then fails for want of a stream.
    this.process.on('error', (error) => this.output.error(error.message));
    this.process.on('exit', (code, signal) => this.output.info(`the server ended with ${signal ?? `code ${code}`}`));
    return this.process;
  }

  private mayRestart(): boolean {
    const now = Date.now();
    this.crashes = [...this.crashes.filter((time) => now - time < crashWindow), now];
    return this.crashes.length < maxCrashes;
  }
}

const middleware: LanguageClientOptions['middleware'] = {
  provideCodeLenses: (document, token, next) =>
    vscode.workspace.getConfiguration('runblock', document).get('codeLens.enabled', true) ? next(document, token) : [],
  executeCommand: async (command, args, next) => {
    if (runCommands.has(command) && !vscode.workspace.isTrusted) return askForTrust();
    return next(command, args);
  },
};

async function askForTrust(): Promise<undefined> {
  const manage = 'Manage Workspace Trust';
  const answer = await vscode.window.showWarningMessage('runblock runs nothing in Restricted Mode.', manage);
  if (answer === manage) await vscode.commands.executeCommand('workbench.trust.manage');
  return undefined;
}
