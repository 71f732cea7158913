// What the build bundles to one CommonJS text (`#worker-source`). It runs by being evaluated.
import { runWorker } from './main.js';

runWorker();
