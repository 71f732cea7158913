import { existsSync } from 'node:fs';
import path from 'node:path';

/** Where browsers of the Chromium family are usually found. */
const KNOWN_PLACES: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/usr/bin/microsoft-edge',
    '/snap/bin/chromium',
  ],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((folder) => {
    const base = process.env[folder];
    if (base === undefined) return [];
    return [
      path.join(base, 'Google', 'Chrome', 'Application', 'chrome.exe'),
      path.join(base, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
    ];
  }),
};

export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The browser to test with: `SLIPSTREAM_CHROMIUM`, else one that is installed, else none. */
export function findChromium(): string | undefined {
  const named = process.env.SLIPSTREAM_CHROMIUM;
  if (named !== undefined && named !== '') return existsSync(named) ? named : undefined;
  return KNOWN_PLACES[process.platform]?.find((place) => existsSync(place));
}

/** Whether the lack of a browser is a failure (in continuous integration) rather than a reason to skip. */
export function isBrowserRequired(): boolean {
  return process.env.SLIPSTREAM_REQUIRE_BROWSER === '1';
}
