/** Counts named checks. A failed check prints why and the rest goes on, so that one run tells all that is wrong. */

import fs from 'node:fs';
import path from 'node:path';

export class Checks {
  passed = 0;
  failed = 0;

  /** `page` is photographed into `pictures` whenever a check fails. */
  constructor(page, pictures) {
    this.page = page;
    this.pictures = pictures;
    fs.mkdirSync(pictures, { recursive: true });
  }

  /** Runs `body`; a check has passed when it returns and failed when it throws. */
  async check(name, body) {
    try {
      await body();
      this.passed += 1;
      console.log(`ok   ${name}`);
    } catch (error) {
      this.failed += 1;
      console.log(`FAIL ${name}\n     ${String(error.message ?? error).split('\n').slice(0, 14).join('\n     ')}`);
      await this.page.screenshot({ path: path.join(this.pictures, `failed-${this.failed}.png`) }).catch(() => {});
    }
  }

  /** Prints the closing line and returns the exit code. */
  finish() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    return this.failed === 0 && this.passed > 0 ? 0 : 1;
  }
}

/** Polls `probe` until it returns something true, and returns that; otherwise throws with the last thing `describe` said. */
export async function until(what, probe, describe = () => '', seconds = 15) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}\nseen: ${await describe()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export function equal(actual, expected) {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== e) throw new Error(`expected ${e}\nbut was  ${a}`);
}
