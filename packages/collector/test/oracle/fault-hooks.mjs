// Loaded into a collector's process before it begins (`--import`): lets the test that started it break the disk below
// the queue and move the clock, by messages. The collector itself is the one that ships.
import { open } from 'node:fs/promises';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const handle = await open(fileURLToPath(import.meta.url), 'r');
const prototype = Object.getPrototypeOf(handle);
await handle.close();

/** `undefined` while the disk works. */
let diskFault;
let clockOffsetMs = 0;

function systemError(code) {
  return Object.assign(new Error(`${code}: by the test`), { code });
}

for (const name of ['write', 'writev']) {
  const original = prototype[name];
  prototype[name] = async function (...args) {
    if (diskFault === 'full') throw systemError('ENOSPC');
    if (diskFault === 'broken') throw systemError('EIO');
    return original.apply(this, args);
  };
}
for (const name of ['datasync', 'sync']) {
  const original = prototype[name];
  prototype[name] = async function (...args) {
    if (diskFault === 'fsync') throw systemError('EIO');
    if (diskFault === 'slow') await new Promise((resolve) => setTimeout(resolve, 250));
    return original.apply(this, args);
  };
}

const now = Date.now;
Date.now = () => now() + clockOffsetMs;

process.on('message', (message) => {
  if (message?.disk !== undefined) diskFault = message.disk === 'ok' ? undefined : message.disk;
  if (message?.clockOffsetMs !== undefined) clockOffsetMs = message.clockOffsetMs;
  process.send?.({ done: message.id });
});
// The channel alone must not keep a collector alive that was asked to end.
process.channel?.unref();
