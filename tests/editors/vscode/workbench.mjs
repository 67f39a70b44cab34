/** VS Code's workbench in a browser page: what a user does and sees, in a user's words. Knows no check. */

import { createRequire } from 'node:module';
import { until } from './checks.mjs';

const { chromium } = createRequire(import.meta.url)(process.env.PLAYWRIGHT);

/** Starts a browser that reaches nothing but this machine. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--no-proxy-server',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
    ],
  });
}

/** A page with storage of its own, as of somebody who opens VS Code for the first time. */
export async function newPage(browser) {
  // High enough to show a whole test file: lenses outside the view do not exist, and the picture needs no scrolling.
  const context = await browser.newContext({ viewport: { width: 840, height: 1100 }, deviceScaleFactor: 2 });
  return context.newPage();
}

export class Workbench {
  constructor(page) {
    this.page = page;
    this.keyboard = page.keyboard;
  }

  /** Opens a folder, and answers whether its authors are trusted: VS Code asks for every new folder. */
  async open(url, trusted) {
    await this.page.goto(url);
    await this.page.waitForSelector('.monaco-workbench .part.editor', { timeout: 60_000 });
    const answer = trusted ? 'Yes, I trust' : "No, I don't trust";
    await this.page.locator('.monaco-dialog-box .monaco-button', { hasText: answer }).click({ timeout: 60_000 });
    await this.page.waitForSelector('.explorer-folders-view .monaco-list-row', { timeout: 60_000 });
    await this.keyboard.press('Control+b'); // hides the side bar
  }

  /** Opens a file of the workspace by name, as with Ctrl+P, and waits for its text. */
  async openFile(name) {
    const row = this.page.locator('.quick-input-widget .monaco-list-row', { hasText: name }).first();
    // The file index may not be ready yet; the box is then asked again.
    await until(`${name} in the file list`, async () => {
      await this.keyboard.press('Escape');
      await this.keyboard.press('Control+p');
      await this.page.waitForSelector('.quick-input-widget input');
      await this.keyboard.insertText(name);
      return row.waitFor({ timeout: 3000 }).then(() => true, () => false);
    }, undefined, 30);
    await row.click();
    await this.page.waitForSelector('.tab.active', { timeout: 15_000 });
    await until(`${name} is the active editor`, async () => (await this.activeTab()) === name, () => this.activeTab());
    await this.page.waitForSelector('.editor-instance .view-line', { timeout: 15_000 });
  }

  async runCommand(title) {
    await this.keyboard.press('F1');
    await this.page.waitForSelector('.quick-input-widget input');
    await this.keyboard.insertText(title);
    const row = this.page.locator('.quick-input-widget .monaco-list-row', { hasText: title }).first();
    await row.waitFor({ timeout: 10_000 });
    await this.keyboard.press('Enter');
  }

  /** Puts the cursor at a 1-based line and column. */
  async goTo({ line, column }) {
    await this.keyboard.press('Control+g');
    await this.page.waitForSelector('.quick-input-widget input');
    await this.keyboard.insertText(`${line}:${column}`);
    await this.keyboard.press('Enter');
    const wanted = `Ln ${line}, Col ${column}`;
    await until(wanted, async () => (await this.cursor()) === wanted, () => this.cursor());
  }

  cursor() {
    return this.page.locator('#status\\.editor\\.selection').innerText({ timeout: 5000 });
  }

  language() {
    return this.page.locator('#status\\.editor\\.mode').innerText({ timeout: 5000 });
  }

  async activeTab() {
    const labels = await this.page.locator('.tab.active .label-name').allInnerTexts();
    return labels[0] ?? '';
  }

  async isDirty() {
    return (await this.page.locator('.tab.active.dirty').count()) > 0;
  }

  /** The texts of all visible code lenses, from top to bottom. */
  async lenses() {
    const found = await this.page.locator('.codelens-decoration a').evaluateAll((links) =>
      links.map((a) => ({ top: a.getBoundingClientRect().top, left: a.getBoundingClientRect().left, text: a.textContent })),
    );
    return found.sort((a, b) => a.top - b.top || a.left - b.left).map(({ text }) => text.trim());
  }

  /** Lenses in groups: those that stand on one line together. */
  async lensLines() {
    return this.page.locator('.codelens-decoration').evaluateAll((groups) =>
      groups
        .map((g) => ({ top: g.getBoundingClientRect().top, texts: [...g.querySelectorAll('a')].map((a) => a.textContent.trim()) }))
        .filter(({ texts }) => texts.length > 0)
        .sort((a, b) => a.top - b.top)
        .map(({ texts }) => texts),
    );
  }

  /** Clicks a lens of the `line`-th lens line, counted from the top and from 0. */
  async clickLens(line, text) {
    const groups = this.page.locator('.codelens-decoration').filter({ has: this.page.locator('a') });
    const tops = await groups.evaluateAll((all) => all.map((g) => g.getBoundingClientRect().top));
    const order = tops.map((top, index) => ({ top, index })).sort((a, b) => a.top - b.top);
    if (!order[line]) throw new Error(`there is no lens line ${line}, only ${order.length}`);
    await groups.nth(order[line].index).locator('a', { hasText: text }).first().click();
  }

  errorSquiggles() {
    return this.page.locator('.squiggly-error').count();
  }

  /** Opens the next problem in the text (F8), reads it, and leaves it open for `andThen`. */
  async nextProblem(andThen = async () => {}) {
    await this.keyboard.press('F8');
    const widget = this.page.locator('.marker-widget .descriptioncontainer');
    await widget.waitFor({ timeout: 10_000 });
    // Monaco draws spaces as no-break spaces.
    const text = (await widget.innerText()).replaceAll('\u00a0', ' ');
    await andThen();
    await this.keyboard.press('Escape');
    await widget.waitFor({ state: 'detached', timeout: 10_000 });
    return text;
  }

  /** The labels of the completion list, once it is there and no longer loading; stays open. */
  async completions() {
    const labels = this.page.locator('.suggest-widget.visible .monaco-list-row .label-name');
    await until('a completion list', async () => (await labels.count()) > 0);
    return labels.allTextContents();
  }

  /** What is shown for the word at the cursor. */
  async hover() {
    await this.runCommand('Show or Focus Hover');
    const widget = this.page.locator('.monaco-hover .monaco-hover-content').first();
    await widget.waitFor({ timeout: 10_000 });
    await until('a hover with text', async () => (await widget.innerText()).trim() !== '');
    const text = (await widget.innerText()).replaceAll('\u00a0', ' ');
    await this.keyboard.press('Escape');
    return text;
  }

  /** Photographs the editor from its tabs down to the second line below the one with `text`. */
  async photograph(file, text) {
    const line = this.page.locator('.editor-instance .view-line', { hasText: text }).last();
    const [editor, last] = [await this.page.locator('.part.editor').boundingBox(), await line.boundingBox()];
    const clip = { x: editor.x, y: editor.y, width: editor.width, height: last.y + 3 * last.height - editor.y };
    await this.page.screenshot({ path: file, clip });
  }

  async toasts() {
    const texts = await this.page.locator('.notification-toast').allInnerTexts();
    return texts.map((text) => text.replace(/\s+/g, ' ').trim());
  }
}
