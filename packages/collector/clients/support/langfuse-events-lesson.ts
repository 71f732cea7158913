import { type ExpectedTrace, metadataOf } from './expectation.js';
import { type LangfuseVariant, langfuseLesson } from './langfuse-lesson.js';
import type { Told } from './program.js';
import { story } from './story.js';

export interface LangfuseEventsVariant {
  readonly scopeName: string;
  readonly scopeVersion: string;
  readonly changes?: LangfuseVariant['changes'];
  readonly scores?: ExpectedTrace['scores'];
}

/** The lesson as the older libraries tell it: in events, with ids that are UUIDs, and without a service. */
export function langfuseEventsLesson(told: Told, variant: LangfuseEventsVariant): ExpectedTrace {
  const { scopeName, scopeVersion, changes = {}, scores } = variant;
  // Each observation keeps the id that its sender knows it by.
  const sent = told.sentSpans as Readonly<Record<string, string>>;
  const id = (key: string) => ({ langfuse_id: sent[key] ?? '' });
  const { service, ...lesson } = langfuseLesson({
    scopeName,
    scopeVersion,
    versioned: ['lesson'],
    changes: {
      lesson: { parent: 'trace', type: 'span', metadata: { ...metadataOf(story.metadata), ...id('lesson') } },
      search: { type: 'span', metadata: { nguồn: 'từ điển', ...id('search') } },
      answer: { metadata: { ...metadataOf(story.metadata), ...id('answer') }, ...changes.answer },
      unknownLesson: { type: 'span', metadata: id('unknownLesson') },
      summary: { metadata: id('summary') },
      cacheMiss: { metadata: id('cacheMiss') },
    },
  });
  return {
    ...lesson,
    metadata: { ...story.propagated, ...id('trace') },
    observations: [
      {
        // What the sender said of the trace itself.
        key: 'trace',
        type: 'span',
        name: story.traceName,
        input: story.question,
        output: story.answer.content,
        version: story.version,
        scopeName,
        scopeVersion,
      },
      ...lesson.observations,
    ],
    ...(scores === undefined ? {} : { scores }),
  };
}
