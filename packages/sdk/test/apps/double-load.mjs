// Loads the package as ESM, as CommonJS, and from a second folder as another version would lie there; uses all as one.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as esm from '../../dist/index.js';

const EVENTS = ['exit', 'SIGTERM', 'SIGINT'];
const before = EVENTS.map((name) => process.listenerCount(name));
const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'slipstream-double-'));
cpSync(dist, folder, { recursive: true, filter: (path) => !path.includes('types') });
writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
const core = join(folder, 'core.js');
// An older version, which does not know an option that this one has.
const aged = readFileSync(core, 'utf8')
  .replaceAll(/\n\s*transport: rule\([^\n]*/g, '')
  .replaceAll("'0.1.0'", "'0.0.1'");
writeFileSync(core, aged);

const cjs = createRequire(import.meta.url)('../../dist/index.cjs');
const other = await import(pathToFileURL(join(folder, 'index.js')).href);
const copies = [esm, cjs, other];
const options = { service: 'double', sampleRate: 1 };

const clients = copies.map((copy) => copy.configure(options));
// A hot reload runs the application's set-up again.
clients.push(...copies.map((copy) => copy.configure({ ...options })), ...copies.map((copy) => copy.getClient()));
const conflicts = copies.map((copy) => {
  try {
    copy.configure({ ...options, sampleRate: 0.5 });
    return 'taken';
  } catch (error) {
    return error.code;
  }
});

const innermost = other.observe(() => esm.getClient().updateCurrentSpan({ metadata: { by: 'esm' } }), {
  name: 'other',
});
const inner = cjs.observe(() => innermost(), { name: 'cjs' });
const given = esm.observe(
  () => {
    inner();
    return esm.getClient().current;
  },
  { name: 'esm', captureOutput: false },
)();
cjs.getClient().span({ name: 'given', parent: given }).end();
// Clients of their own, so that each copy has something to deliver at the end.
for (const [index, copy] of copies.entries())
  copy
    .createClient({ service: 'own' })
    .span({ name: `own ${index}` })
    .end();

rmSync(folder, { recursive: true });
process.send?.({
  isOneClient: new Set(clients).size === 1,
  areThree: new Set(copies.map((copy) => copy.observe)).size === 3,
  conflicts,
  listeners: EVENTS.map((name, index) => process.listenerCount(name) - before[index]),
});
setInterval(() => undefined, 1000);
