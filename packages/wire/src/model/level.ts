import { ATTRIBUTE } from '../attributes/keys.js';
import type { Span } from '../otlp/messages.js';
import type { AttributeMap } from './attribute-map.js';
import type { ObservationLevel } from './observation.js';

const STATUS_ERROR = 2;

/** Names of levels, in capitals, as loggers and tracing libraries use them. */
const LEVELS: ReadonlyMap<string, ObservationLevel> = new Map<string, ObservationLevel>([
  ['DEBUG', 'DEBUG'],
  ['TRACE', 'DEBUG'],
  ['VERBOSE', 'DEBUG'],
  ['DEFAULT', 'DEFAULT'],
  ['INFO', 'DEFAULT'],
  ['LOG', 'DEFAULT'],
  ['NOTICE', 'DEFAULT'],
  ['OK', 'DEFAULT'],
  ['SUCCESS', 'DEFAULT'],
  ['WARNING', 'WARNING'],
  ['WARN', 'WARNING'],
  ['ERROR', 'ERROR'],
  ['FATAL', 'ERROR'],
  ['CRITICAL', 'ERROR'],
]);

/** The level that the sender names, else `ERROR` for a span whose status is an error. */
export function observationLevel(attributes: AttributeMap, span: Span): ObservationLevel {
  const named = LEVELS.get(attributes.peekText(ATTRIBUTE.observationLevel)?.toUpperCase() ?? '');
  if (named !== undefined) {
    attributes.remove(ATTRIBUTE.observationLevel);
    return named;
  }
  return span.status.code === STATUS_ERROR ? 'ERROR' : 'DEFAULT';
}
