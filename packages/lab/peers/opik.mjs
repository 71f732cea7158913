export { flushAll, track } from 'opik';
