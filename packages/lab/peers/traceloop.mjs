export { trace } from '@opentelemetry/api';
export { forceFlush, initialize, withTask, withWorkflow } from '@traceloop/node-server-sdk';
