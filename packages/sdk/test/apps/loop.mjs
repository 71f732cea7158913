// Makes spans in one synchronous loop and ends in the way that the second argument names, without a flush.
import { configure, getClient, observe } from '../../dist/index.js';

const [count, ending] = [Number(process.argv[2]), process.argv[3]];
configure({ service: 'loop' });
const step = observe((value) => value, { name: 'loop.step' });
for (let index = 0; index < count; index++) step(`value ${index}`);
if (ending === 'exit') process.exit(0);
if (ending === 'throw') throw new Error('the application failed');
if (ending === 'reject') Promise.reject(new Error('the application failed'));
if (ending === 'await') await new Promise(() => undefined);
if (ending === 'listener') {
  process.on('exit', () => {
    throw new Error('a listener of the application failed');
  });
}
if (ending === 'signal') {
  setInterval(() => undefined, 1000);
  process.send?.('ready');
}
if (ending === 'flush') process.stdout.write(JSON.stringify(await getClient().flush({ timeoutMs: 15_000 })));
