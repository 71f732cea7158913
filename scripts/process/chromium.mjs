import { existsSync } from 'node:fs';
import path from 'node:path';

const WINDOWS_PROGRAMS = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'];
const WINDOWS_PLACES = ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'];

/** Where browsers of the Chromium family are usually found. As in packages/web/test/support/chromium.ts. */
const KNOWN_PLACES = {
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
  win32: WINDOWS_PROGRAMS.flatMap((name) => {
    const base = process.env[name];
    return base === undefined ? [] : WINDOWS_PLACES.map((place) => path.join(base, ...place.split('/')));
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

/** The browser to use: `SLIPSTREAM_CHROMIUM`, else one that is installed, else none. */
export function findChromium() {
  const named = process.env.SLIPSTREAM_CHROMIUM;
  if (named) return existsSync(named) ? named : undefined;
  return KNOWN_PLACES[process.platform]?.find((place) => existsSync(place));
}
