/** A way to cancel: the library shows progress in the status bar only, where there is no button. */

import * as vscode from 'vscode';
import {
  ProgressToken,
  WorkDoneProgressBegin,
  WorkDoneProgressEnd,
  WorkDoneProgressReport,
} from 'vscode-languageclient/node';

/** Runs shorter than this, in milliseconds, raise no notification. */
const patience = 1000;

type Params = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;

/** Shows a notification with a Cancel button for everything cancellable that takes longer than `patience`. */
export class CancelButtons {
  private readonly running = new Map<ProgressToken, Running>();

  constructor(private readonly cancel: (token: ProgressToken) => void) {}

  /** To be told of every progress message of the server. */
  handle(token: ProgressToken, params: Params): void {
    if (params.kind === 'begin' && params.cancellable) {
      this.running.set(token, new Running(params.title, () => this.cancel(token)));
    } else if (params.kind === 'end') {
      this.running.get(token)?.end();
      this.running.delete(token);
    }
  }

  /** The server is gone, and with it everything that it was doing. */
  endAll(): void {
    for (const running of this.running.values()) running.end();
    this.running.clear();
  }
}

class Running {
  private readonly timer: NodeJS.Timeout;
  private closeNotification: (() => void) | undefined;

  constructor(
    private readonly title: string,
    private readonly cancel: () => void,
  ) {
    this.timer = setTimeout(() => this.show(), patience);
  }

  end(): void {
    clearTimeout(this.timer);
    this.closeNotification?.();
  }

  private show(): void {
    const options = { location: vscode.ProgressLocation.Notification, cancellable: true, title: this.title };
    void vscode.window.withProgress(options, (_, cancellation) => {
      cancellation.onCancellationRequested(this.cancel);
      return new Promise<void>((resolve) => (this.closeNotification = resolve));
    });
  }
}
