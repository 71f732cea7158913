// Makes spans, then listens to signals as the first argument says, and waits for one.
import { configure, observe } from '../../dist/index.js';

const way = process.argv[2] ?? 'none';
const step = observe((value) => value, { name: 'signals.step' });
const makeSpans = () => {
  for (let index = 0; index < 1000; index++) step(`value ${index}`);
};
const handle = () => {
  // What the application ends meanwhile counts, too.
  step('while it ends');
  setTimeout(() => process.exit(7), 50);
};

if (way === 'once-before') process.once('SIGTERM', handle);
configure({ service: 'signals', handleSignals: way !== 'off' });
if (way === 'own') process.on('SIGTERM', handle);
if (way === 'once') process.once('SIGTERM', handle);
if (way === 'added-and-removed') {
  process.on('SIGTERM', handle);
  process.removeListener('SIGTERM', handle);
}
if (way === 'cleanup-3' || way === 'cleanup-4') {
  const { createRequire } = await import('node:module');
  const module = createRequire(import.meta.url)(process.argv[3]);
  const onExit = typeof module === 'function' ? module : module.onExit;
  onExit(() => {
    process.send?.('cleaned up');
  });
}
makeSpans();
setInterval(() => undefined, 1000);
process.send?.('ready');
