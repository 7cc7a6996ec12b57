// Runs are the same everywhere: twice in Node, and in Node and headless Chromium. Cycles, counters, traps, instruments and digests.
//
// CHROMIUM_PATH names the browser where it is in none of the usual places.
import { writeSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium, openChromium } from './chromium.ts';
import { openMachinePage } from './page.ts';
import { runScenario, type Scenario, type Sight } from './scenario.ts';
import { programs, scenarios } from './scenarios.ts';

const bytes = await programs();
const chosen = [...scenarios()];
const inNode = new Map<string, Sight>();

describe('in Node', () => {
  test.each(chosen)('%s: the same when it is run again', (name, scenario) => {
    const sight = runScenario(scenario, bytes);
    inNode.set(name, sight);
    expect(sight.outcomes.length).toBeGreaterThan(0);
    expect(runScenario(scenario, bytes)).toEqual(sight);
  });
});

const executable = findChromium();

if (executable === undefined) {
  const message =
    'the comparison of runs in Node and in a browser is left out: no Chromium is found (install chromium, or set CHROMIUM_PATH)';
  test(message, () => {
    writeSync(2, `${message}\n`);
  });
} else {
  describe('in Chromium', () => {
    let browser: Browser;
    let run: (scenario: Scenario) => Promise<Sight>;

    beforeAll(async () => {
      browser = await openChromium(executable);
      run = await openMachinePage(browser, bytes);
    });

    afterAll(() => browser?.close());

    test.each(chosen)('%s: as in Node', async (name, scenario) => {
      expect(await run(scenario)).toEqual(inNode.get(name));
    });
  });
}
