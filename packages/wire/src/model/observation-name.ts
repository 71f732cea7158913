import type { AttributeMap } from './attribute-map.js';

/** Attributes that name the work better than the span does, in order of precedence. */
const NAME_KEYS = ['gen_ai.tool.name', 'genkit:name', 'logfire.msg', 'ai.toolCall.name'];

/** The observation's name. What it is taken from stays an attribute, since it says more than a name. */
export function observationName(attributes: AttributeMap, spanName: string): string {
  const named = attributes.peekFirstText(NAME_KEYS);
  if (named !== undefined) return named;
  const operationId = attributes.peekText('ai.operationId');
  if (operationId === undefined) return spanName;
  const functionId = attributes.peekText('ai.telemetry.functionId');
  return functionId === undefined ? operationId : `${functionId}:${operationId}`;
}
