/** The server's state in the language status menu (the braces in the status bar); silent as long as all is well. */

import * as vscode from 'vscode';
import { selectedFiles } from './files';

export class Status implements vscode.Disposable {
  private readonly item: vscode.LanguageStatusItem;

  constructor() {
    const selector = selectedFiles.map((pattern) => ({ pattern }));
    this.item = vscode.languages.createLanguageStatusItem('runblock.server', selector);
    this.item.name = 'runblock';
    this.stopped();
  }

  starting(): void {
    this.show('starting', { busy: true });
  }

  running(version: string | undefined): void {
    this.show(version ? `runblock ${version}` : 'runblock', { command: showOutput });
  }

  stopped(): void {
    this.show('runblock is not running', { command: restart });
  }

  failed(message: string): void {
    this.show('runblock has no server', { detail: message, severity: vscode.LanguageStatusSeverity.Error, command: restart });
  }

  dispose(): void {
    this.item.dispose();
  }

  private show(
    text: string,
    rest: { detail?: string; busy?: boolean; severity?: vscode.LanguageStatusSeverity; command?: vscode.Command },
  ): void {
    this.item.text = text;
    this.item.detail = rest.detail;
    this.item.busy = rest.busy ?? false;
    this.item.severity = rest.severity ?? vscode.LanguageStatusSeverity.Information;
    this.item.command = rest.command;
  }
}

const restart: vscode.Command = { command: 'runblock.restartServer', title: 'Restart' };
const showOutput: vscode.Command = { command: 'runblock.showOutput', title: 'Output' };
