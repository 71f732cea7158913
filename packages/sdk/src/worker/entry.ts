/** Where the bundled worker begins. */
import { runWorker } from './main.js';

runWorker();
