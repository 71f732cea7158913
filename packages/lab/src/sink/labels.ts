/**
 * Attributes by which a trace can be found and read without its inputs and outputs: metadata, who and which session,
 * and what a model call used and cost. Their keys are the same text in both of OTLP's encodings.
 */
const LABEL_KEY =
  /langfuse\.(?:observation|trace)\.metadata\.[\w-]+|user\.id|session\.id|langfuse\.observation\.(?:model\.name|usage_details|cost_details)/g;

/** Finds the keys in a body that hold such a value. Captured text must not name them: only programs of our own are asked. */
export function visitLabels(body: Buffer, visit: (key: string) => void): void {
  for (const [key] of body.toString('latin1').matchAll(LABEL_KEY)) visit(key);
}
