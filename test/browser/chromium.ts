// The system's Chromium, headless, driven by playwright-core, which brings no browser of its own.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const PLACES = ['/usr/bin', '/usr/local/bin', '/snap/bin', '/opt/google/chrome'];
const ELSEWHERE = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

/** Where Chromium is: what CHROMIUM_PATH says, else where systems have it; undefined when there is none. */
export function findChromium(): string | undefined {
  const said = process.env.CHROMIUM_PATH;
  if (said !== undefined && said !== '') return said;
  return [...PLACES.flatMap((place) => NAMES.map((name) => path.join(place, name))), ...ELSEWHERE].find(existsSync);
}

export function openChromium(executablePath: string): Promise<Browser> {
  // Without a sandbox, since continuous integration runs as root; it opens no page but ours.
  return chromium.launch({ executablePath, headless: true, args: ['--no-sandbox'] });
}
