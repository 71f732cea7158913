import {
  type ExpectedObservation,
  type ExpectedTrace,
  json,
  metadataOf,
  resourceWith,
  SUMMARY_COST,
  SUMMARY_USAGE,
  withTotal,
} from './expectation.js';
import { story } from './story.js';

export const LESSON_KEYS = ['lesson', 'search', 'answer', 'unknownLesson', 'summary', 'cacheMiss'] as const;
export type LessonKey = (typeof LESSON_KEYS)[number];

/** Where one version of the library differs from the lesson that all of them are told. */
export interface LangfuseVariant {
  readonly scopeName: string;
  readonly scopeVersion: string;
  /** Which observations were told the version. @default all */
  readonly versioned?: readonly LessonKey[];
  /** By start. @default the order of the lesson */
  readonly order?: readonly LessonKey[];
  readonly changes?: Readonly<Partial<Record<LessonKey, Partial<ExpectedObservation>>>>;
  readonly trace?: Partial<ExpectedTrace>;
}

type Part = Omit<ExpectedObservation, 'key' | 'scopeName' | 'scopeVersion'>;

const LESSON: Readonly<Record<LessonKey, Part>> = {
  lesson: {
    type: 'agent',
    name: 'lesson',
    input: json(story.lessonInput),
    output: json(story.lessonOutput),
    metadata: metadataOf(story.metadata),
    atLeastMs: 30,
  },
  search: {
    parent: 'lesson',
    type: 'retriever',
    name: 'search',
    input: story.query,
    output: json(story.documents),
    metadata: { nguồn: 'từ điển' },
  },
  answer: {
    parent: 'search',
    type: 'generation',
    name: 'answer',
    level: 'WARNING',
    statusMessage: story.warning,
    input: json(story.messages),
    output: json(story.answer),
    metadata: metadataOf(story.metadata),
    model: story.model,
    modelParameters: json(story.modelParameters),
    usageDetails: withTotal(story.usage),
    costDetails: withTotal(story.cost),
  },
  unknownLesson: {
    parent: 'lesson',
    type: 'tool',
    name: 'unknown-lesson',
    level: 'ERROR',
    statusMessage: story.error,
  },
  summary: {
    parent: 'lesson',
    type: 'generation',
    name: 'summary',
    input: story.question,
    output: story.question,
    model: story.model,
    usageDetails: SUMMARY_USAGE,
    computedCost: SUMMARY_COST,
    atLeastMs: 30,
  },
  cacheMiss: {
    parent: 'lesson',
    type: 'event',
    name: 'cache-miss',
    level: 'DEBUG',
    input: story.query,
    isInstant: true,
  },
};

/** Of the root in Python, whose libraries name themselves in their resource, and the key of the project in their scope. */
export function pythonLessonMetadata(): Record<string, string> {
  return {
    ...metadataOf(story.metadata),
    ...resourceWith({ 'telemetry.sdk.language': 'python', 'telemetry.sdk.name': 'opentelemetry' }),
    'scope.attributes': json({ public_key: 'pk-lf-robot' }),
  };
}

/** The lesson as a version of Langfuse's library was told it. */
export function langfuseLesson(variant: LangfuseVariant): ExpectedTrace {
  const { scopeName, scopeVersion, versioned = LESSON_KEYS, order = LESSON_KEYS, changes = {}, trace = {} } = variant;
  return {
    name: story.traceName,
    service: story.service,
    environment: story.environment,
    release: story.release,
    userId: story.userId,
    sessionId: story.sessionId,
    tags: story.tags,
    metadata: story.propagated,
    observations: order.map((key) => ({
      key,
      scopeName,
      scopeVersion,
      ...(versioned.includes(key) ? { version: story.version } : {}),
      ...LESSON[key],
      ...changes[key],
    })),
    scores: [
      {
        name: 'correctness',
        of: 'lesson',
        dataType: 'NUMERIC',
        value: 0.75,
        text: null,
        comment: story.score.comment,
        metadata: { judge: story.model },
      },
      { name: 'mood', dataType: 'CATEGORICAL', value: null, text: story.score.category },
    ],
    ...trace,
  };
}
