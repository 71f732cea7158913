export { close, flush, httpIntegration, init, startSpan } from '@sentry/node';
