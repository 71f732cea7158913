import { LangfuseSpanProcessor } from '@langfuse/otel';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { settings } from '../settings.mjs';

/**
 * Langfuse as its quick start sets it up, once, at start: for the programs whose mistake is another one.
 *
 * @param {{ url: string, flushAt?: number }} options
 */
export function startLangfuse({ url, ...options }) {
  const processor = new LangfuseSpanProcessor({ ...settings.langfuseKeys, baseUrl: url, ...options });
  const sdk = new NodeSDK({ serviceName: 'robot-lesson', spanProcessors: [processor] });
  sdk.start();
  return { flush: () => processor.forceFlush(), stop: () => sdk.shutdown() };
}
