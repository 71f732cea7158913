// As `entry.ts`, for what only some applications need (`#full`): masks, and Redis.
import { runWorker } from './main.js';
import { maskEngine } from './mask/engine.js';
import { openTransport } from './open-transport.js';

runWorker({ openTransport, maskEngine });
