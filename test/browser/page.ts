// Scenarios in a page of a browser: machine/ and the code that runs a scenario, bundled as a script.
import path from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import type { runScenario, Scenario, Sight } from './scenario.ts';

/** What the bundle leaves in the page. */
declare const scenario: { runScenario: typeof runScenario };
declare const programs: Record<string, Uint8Array>;

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path.join(import.meta.dirname, 'scenario.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'scenario',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

/** A blank page that has the machine and the programs. */
export async function openMachinePage(
  browser: Browser,
  bytes: Readonly<Record<string, Uint8Array>>,
): Promise<(wanted: Scenario) => Promise<Sight>> {
  const page: Page = await browser.newPage();
  await page.addScriptTag({ content: await bundle() });
  const encoded = Object.entries(bytes).map(([name, data]) => [name, Buffer.from(data).toString('base64')]);
  await page.evaluate((entries) => {
    const decoded = entries.map(([name, data]) => [name, Uint8Array.from(atob(data ?? ''), (c) => c.charCodeAt(0))]);
    Object.assign(globalThis, { programs: Object.fromEntries(decoded) });
  }, encoded);
  return (wanted) => page.evaluate((chosen) => scenario.runScenario(chosen, programs), wanted);
}
