// What the build bundles to one CommonJS text (`#worker-source`). It runs by being evaluated.
import { createHttpTransport } from './http-transport.js';
import { runWorker } from './main.js';

runWorker({ openTransport: createHttpTransport });
