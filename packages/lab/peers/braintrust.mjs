export { flush, initLogger, wrapTraced } from 'braintrust';
