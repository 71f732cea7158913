export { createCollector } from './app.js';
export type { Collector } from './collector.js';
export { readCollectorConfig } from './config.js';
export { COLLECTOR_ERROR_CODES, CollectorError, type CollectorErrorCode } from './errors.js';
export { type CollectorSettings, SETTING_DEFAULTS } from './settings.js';
export { COLLECTOR_VERSION } from './version.js';
