import type { Dialect } from '../dialect.js';
import { whereAny } from '../readers.js';

/** Flue: its turns are OpenTelemetry GenAI spans; content, tools and delegated tasks have names of their own. */
export const FLUE: Dialect = {
  title: 'Flue',
  prefixes: ['flue.'],
  type: [
    whereAny(['flue.tool.name', 'flue.tool.call_id'], 'tool'),
    whereAny(['flue.task.id', 'flue.task.agent'], 'agent'),
  ],
  input: ['flue.turn.input', 'flue.tool.arguments', 'flue.task.prompt', 'flue.workflow.payload'],
  output: ['flue.turn.output', 'flue.tool.result', 'flue.task.result', 'flue.operation.result', 'flue.workflow.result'],
};
