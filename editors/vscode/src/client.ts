/** The language client: which documents the server sees, and what the editor does around its answers. */

import * as vscode from 'vscode';
import { LanguageClient, LanguageClientOptions, ServerOptions, State } from 'vscode-languageclient/node';
import { selectedFiles } from './files';
import { Status } from './status';

/** The server's commands that start a run, and so possibly the workspace's own providers and programs. */
const runCommands = new Set(['runblock.run']);

export function createClient(
  program: string,
  env: NodeJS.ProcessEnv,
  watchers: vscode.FileSystemWatcher[],
  output: vscode.LogOutputChannel,
  status: Status,
): LanguageClient {
  const server: ServerOptions = { command: program, args: ['lsp'], options: { env } };
  const options: LanguageClientOptions = {
    documentSelector: selectedFiles.map((pattern) => ({ scheme: 'file', pattern })),
    outputChannel: output,
    synchronize: { fileEvents: watchers },
    middleware: {
      provideCodeLenses: (document, token, next) =>
        vscode.workspace.getConfiguration('runblock', document).get('codeLens.enabled', true)
          ? next(document, token)
          : [],
      executeCommand: async (command, args, next) => {
        if (runCommands.has(command) && !vscode.workspace.isTrusted) return askForTrust();
        return next(command, args);
      },
    },
  };
  const client = new LanguageClient('runblock', 'runblock', server, options);
  client.onDidChangeState(({ newState }) => {
    if (newState === State.Starting) status.starting();
    if (newState === State.Running) status.running(client.initializeResult?.serverInfo?.version);
    if (newState === State.Stopped) status.stopped();
  });
  return client;
}

async function askForTrust(): Promise<undefined> {
  const manage = 'Manage Workspace Trust';
  const answer = await vscode.window.showWarningMessage('runblock runs nothing in Restricted Mode.', manage);
  if (answer === manage) await vscode.commands.executeCommand('workbench.trust.manage');
  return undefined;
}
