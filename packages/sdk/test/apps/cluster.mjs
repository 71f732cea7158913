// A primary with two workers, each of which makes spans in traces of its own, and then ends as the argument says.
import cluster from 'node:cluster';
import { configure, observe } from '../../dist/index.js';

const ending = process.argv[2];
configure({ service: cluster.isPrimary ? 'primary' : 'worker' });
const step = observe((value) => value, { name: `${cluster.isPrimary ? 'primary' : 'worker'}.step` });
for (let index = 0; index < 500; index++) step(index);

if (cluster.isPrimary) {
  cluster.setupPrimary({ args: [ending] });
  let ready = 0;
  for (let index = 0; index < 2; index++) {
    cluster.fork().on('message', () => {
      ready++;
      if (ready === 2) process.send?.('ready');
    });
  }
} else {
  // Listens, as a server would, and so does not end by itself.
  const keepsAlive = setInterval(() => undefined, 1000);
  process.send?.('ready');
  if (ending === 'disconnect') {
    clearInterval(keepsAlive);
    cluster.worker?.disconnect();
  }
}
