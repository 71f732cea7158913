// A wrong key: what Langfuse's JavaScript SDK, version 5, says of it.
import { LangfuseClient } from '@langfuse/client';
import { LangfuseSpanProcessor } from '@langfuse/otel';
import { startObservation } from '@langfuse/tracing';
import { NodeSDK } from '@opentelemetry/sdk-node';

const told = {};
const langfuse = new LangfuseClient();
await langfuse.api.projects.get().then(
  ({ data }) => {
    told.authCheck = data.length > 0;
  },
  (error) => {
    told.authCheck = `${error.name} ${error.statusCode}: ${error.message}`;
  },
);

const sdk = new NodeSDK({ spanProcessors: [new LangfuseSpanProcessor()] });
sdk.start();
startObservation('refused').end();
await sdk.shutdown().catch((error) => {
  console.error(String(error));
});
console.log(JSON.stringify(told));
