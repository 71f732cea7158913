import type { ObservationDetail, ObservationType, Score, TraceSummary } from '@slipstream/query-api';

/** A trace as the fake collector keeps it: the summary is always worked out of its observations. */
export interface FakeTrace {
  readonly traceId: string;
  readonly conversation: string | null;
  readonly userId: string | null;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly observations: readonly ObservationDetail[];
  /** @default none */
  readonly scores?: readonly Score[];
}

export type ObservationFields = Partial<ObservationDetail> & { spanId: string; name: string; startTimeUs: number };

export function fakeObservation(traceId: string, fields: ObservationFields): ObservationDetail {
  return {
    traceId,
    parentSpanId: '',
    type: 'span',
    endTimeUs: fields.startTimeUs + 10_000,
    level: 'DEFAULT',
    statusMessage: null,
    model: null,
    inputTokens: 0,
    outputTokens: 0,
    totalTokens: (fields.inputTokens ?? 0) + (fields.outputTokens ?? 0),
    costUsd: null,
    completionStartTimeUs: null,
    input: null,
    output: null,
    metadata: {},
    modelParameters: null,
    usageDetails: {},
    costDetails: {},
    costSource: 'none',
    promptName: null,
    promptVersion: null,
    version: null,
    service: 'robot-lesson',
    scopeName: '@slipstream/sdk',
    scopeVersion: '0.1.0',
    ...fields,
  };
}

export function wholeText(value: unknown) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return { text, fullLength: text.length };
}

const LEVELS = ['DEBUG', 'DEFAULT', 'WARNING', 'ERROR'] as const;

export function summarise(trace: FakeTrace): TraceSummary {
  const { observations } = trace;
  const root = observations.find((observation) => observation.parentSpanId === '') ?? observations[0];
  const ends = observations.map(({ endTimeUs }) => endTimeUs).filter((end) => end !== null);
  const startTimeUs = Math.min(...observations.map((observation) => observation.startTimeUs));
  const costs = observations.map(({ costUsd }) => costUsd).filter((cost) => cost !== null);
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  return {
    traceId: trace.traceId,
    name: root?.name ?? '',
    service: root?.service ?? null,
    environment: 'production',
    release: null,
    startTimeUs,
    durationUs: ends.length === 0 ? null : Math.max(...ends) - startTimeUs,
    running: observations.some(({ endTimeUs, type }) => endTimeUs === null && type !== 'event'),
    observationCount: observations.length,
    errorCount: observations.filter(({ level }) => level === 'ERROR').length,
    level: LEVELS[Math.max(...observations.map(({ level }) => LEVELS.indexOf(level)))] ?? 'DEFAULT',
    userId: trace.userId,
    sessionId: trace.conversation,
    conversation: trace.conversation,
    tags: [...trace.tags],
    metadata: { ...trace.metadata },
    inputTokens: sum(observations.map((observation) => observation.inputTokens)),
    outputTokens: sum(observations.map((observation) => observation.outputTokens)),
    totalTokens: sum(observations.map((observation) => observation.totalTokens)),
    costUsd: costs.length === 0 ? null : sum(costs),
  };
}

/** Numbers that are the same in every run. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const MESSAGES = [
  'Con chào cô ạ! Hôm nay mình học gì thế?',
  'Apple nghĩa là quả táo đúng không cô?',
  'I like the blue robot. What colour is your robot?',
  'Con không hiểu câu này, cô nói lại được không?',
  'Con muốn chơi trò chơi đoán từ 🎈',
];
const REPLIES = [
  'Chào con! Hôm nay mình học về các loại quả. Con sẵn sàng chưa?',
  'Đúng rồi, giỏi lắm! "Apple" là quả táo. Con thử đọc lại từ này nhé: AP-PLE.',
  'Great sentence! My robot is white and orange. Can you say "white and orange"?',
  'Không sao đâu con, cô nói chậm lại nhé: "Where is the cat?" nghĩa là "Con mèo ở đâu?"',
  'Được chứ! Cô nghĩ đến một con vật có bốn chân, thích uống sữa. Đó là con gì nào?',
];

/** One request of a lesson: session, intent by rules or a model, reply by a model, session saved. */
export function lessonTrace(index: number, startTimeUs: number): FakeTrace {
  const random = seededRandom(index * 7919 + 13);
  const traceId = hex(random, 32);
  const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)] as T;
  const message = pick(MESSAGES);
  const reply = pick(REPLIES);
  const isInit = random() < 0.14;
  const failed = random() < 0.06;
  const slow = random() < 0.1;
  const usesLlmIntent = random() < 0.5;
  let at = startTimeUs;
  const observations: ObservationDetail[] = [];
  const root = hex(random, 16);
  const child = (type: ObservationType, name: string, durationUs: number, rest: Partial<ObservationDetail> = {}) => {
    const spanId = hex(random, 16);
    const fields = { spanId, type, name, startTimeUs: at, parentSpanId: root, endTimeUs: at + durationUs };
    observations.push(fakeObservation(traceId, { ...fields, ...rest }));
    at += durationUs + 200 + Math.floor(random() * 900);
    return spanId;
  };
  const ms = (low: number, high: number) => Math.round((low + random() * (high - low)) * 1000);
  at += ms(0.2, 0.9);
  child('tool', 'session.load', ms(0.8, 4), {
    input: wholeText({ key: `session:${index}` }),
    output: wholeText({ turns: 4, lesson: 'fruits', score: 12 }),
  });
  if (!isInit) {
    child('evaluator', 'intent.rules', ms(0.2, 0.7), {
      input: wholeText(message),
      output: wholeText({ intent: usesLlmIntent ? null : 'answer', phonemes: ['æ', 'p', 'l'] }),
    });
    if (usesLlmIntent) {
      const tokensIn = 180 + Math.floor(random() * 300);
      child(
        'generation',
        'intent.llm',
        ms(240, 620),
        generation(
          'openai/gpt-4.1-mini',
          [tokensIn, 12],
          at + ms(140, 220),
          [
            { role: 'system', content: 'Classify the learner’s intent. Answer with one JSON object.' },
            { role: 'user', content: message },
          ],
          '{"intent":"answer","confidence":0.93}',
        ),
      );
    }
    if (random() < 0.6) {
      child('retriever', 'lesson.context', ms(6, 28), {
        input: wholeText({ lesson: 'fruits', top: 4 }),
        output: wholeText([
          { id: 'fruits-12', score: 0.83 },
          { id: 'fruits-03', score: 0.79 },
        ]),
      });
    }
  }
  const tokensIn = 640 + Math.floor(random() * 2600);
  const tokensOut = 40 + Math.floor(random() * 260);
  const replyMs = (slow ? 4200 : 620) + tokensOut * 6;
  const history = [
    {
      role: 'system',
      content:
        'You are a patient teacher for children aged 5 to 8. Speak Vietnamese, teach English, one sentence at a time.',
    },
    { role: 'user', content: 'Con chào cô ạ!' },
    { role: 'assistant', content: REPLIES[0] ?? '' },
    { role: 'user', content: message },
  ];
  const replyStart = at;
  child('generation', 'reply.llm', Math.round(replyMs * 1000), {
    ...generation('openai/gpt-4.1', [tokensIn, tokensOut], replyStart + ms(280, 540), history, reply),
    ...(failed
      ? {
          level: 'ERROR',
          statusMessage: '429 Rate limit reached for gpt-4.1: retry after 2 s',
          output: null,
          outputTokens: 0,
        }
      : {}),
  });
  if (!failed)
    child('guardrail', 'reply.check', ms(1, 5), { input: wholeText(reply), output: wholeText({ allowed: true }) });
  child(
    'tool',
    'session.save',
    ms(0.6, 2.4),
    slow ? { level: 'WARNING', statusMessage: 'Redis answered after 1.2 s' } : {},
  );
  observations.unshift(
    fakeObservation(traceId, {
      spanId: root,
      name: isInit ? 'lesson.init' : 'lesson.webhook',
      startTimeUs,
      endTimeUs: at + ms(0.1, 0.6),
      input: wholeText({ message, bot_id: 'bot-7', locale: 'vi-VN' }),
      output: failed ? null : wholeText({ reply, next_action: 'listen' }),
      metadata: { message: message.slice(0, 200), next_action: 'listen' },
      level: failed ? 'ERROR' : 'DEFAULT',
    }),
  );
  return {
    traceId,
    conversation: `conv-${(4100 + Math.floor(index / 4) * 7).toString(16)}`,
    userId: `learner-${100 + (Math.floor(index / 4) % 23)}`,
    tags: isInit ? ['init'] : ['lesson', 'fruits'],
    metadata: { bot_id: `bot-${1 + (index % 3)}`, locale: 'vi-VN' },
    observations,
  };
}

function generation(
  model: string,
  [inputTokens, outputTokens]: [number, number],
  firstTokenUs: number,
  messages: unknown,
  answer: string,
): Partial<ObservationDetail> {
  const price = model.endsWith('mini') ? [0.4e-6, 1.6e-6] : [2e-6, 8e-6];
  const [inputCost, outputCost] = [inputTokens * (price[0] ?? 0), outputTokens * (price[1] ?? 0)];
  return {
    model,
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
    costUsd: inputCost + outputCost,
    completionStartTimeUs: firstTokenUs,
    input: wholeText(messages),
    output: wholeText({ role: 'assistant', content: answer }),
    modelParameters: JSON.stringify({ temperature: 0.4, max_tokens: 300, stream: true }),
    usageDetails: { input: inputTokens, output: outputTokens, total: inputTokens + outputTokens },
    costDetails: { input: inputCost, output: outputCost, total: inputCost + outputCost },
    costSource: 'computed',
    promptName: 'teacher-reply',
    promptVersion: '12',
  };
}

function hex(random: () => number, digits: number): string {
  let text = '';
  while (text.length < digits) text += Math.floor(random() * 16).toString(16);
  return text;
}

/** An agent's run with every type, nesting, an orphan, an event, and work still running. */
export function agentTrace(traceId: string, startTimeUs: number, isRunning: boolean): FakeTrace {
  const at = (ms: number) => startTimeUs + ms * 1000;
  const make = (
    type: ObservationType,
    spanId: string,
    parentSpanId: string,
    name: string,
    ...rest: [number, number | null, Partial<ObservationDetail>?]
  ) => {
    const [from, to, more] = rest;
    return fakeObservation(traceId, {
      type,
      spanId,
      parentSpanId,
      name,
      startTimeUs: at(from),
      endTimeUs: to === null ? null : at(to),
      ...more,
    });
  };
  const chat = [
    { role: 'system', content: 'Plan the next lesson.' },
    { role: 'user', content: 'Lập kế hoạch bài học về động vật.' },
  ];
  const observations = [
    make('agent', 'a0', '', 'lesson.planner', 0, isRunning ? null : 6400, {
      input: wholeText({ goal: 'Lập kế hoạch bài học', age: 6 }),
    }),
    make('chain', 'a1', 'a0', 'gather', 20, 1580),
    make('embedding', 'a2', 'a1', 'embed.query', 40, 190, {
      model: 'text-embedding-3-small',
      inputTokens: 24,
      totalTokens: 24,
      costUsd: 0.0000005,
    }),
    make('retriever', 'a3', 'a1', 'search.lessons', 200, 720, {
      output: wholeText(Array.from({ length: 240 }, (_, index) => ({ id: `lesson-${index}`, score: 1 / (index + 1) }))),
    }),
    make('tool', 'a4', 'a1', 'weather.lookup', 740, 1560, {
      level: 'ERROR',
      statusMessage: 'fetch failed: connect ETIMEDOUT 203.0.113.9:443',
    }),
    make('event', 'a5', 'a0', 'tool-failed', 1570, null),
    make(
      'generation',
      'a6',
      'a0',
      'plan.llm',
      1620,
      4300,
      generation(
        'openai/gpt-4.1',
        [2830, 412],
        at(2210),
        chat,
        'Kế hoạch: 1. Con mèo 2. Con chó 3. Trò chơi đoán tiếng kêu.',
      ),
    ),
    make('guardrail', 'a7', 'a0', 'plan.safety', 4310, 4352, { output: wholeText({ allowed: true, score: 0.02 }) }),
    make('evaluator', 'a8', 'a0', 'plan.score', 4360, 5020, {
      level: 'WARNING',
      statusMessage: 'score 0.61 is below 0.7',
    }),
    make('span', 'a9', 'a0', 'render', 5030, isRunning ? null : 6300),
    make('generation', 'aa', 'a9', 'image.prompt', 5040, isRunning ? null : 6200, {
      model: 'openai/gpt-4.1-mini',
      inputTokens: 310,
      outputTokens: isRunning ? 0 : 88,
      completionStartTimeUs: isRunning ? null : at(5300),
    }),
    make('span', 'ab', 'lost-parent', 'audit.write', 5100, 5140),
  ];
  return {
    traceId,
    conversation: 'conv-1004',
    userId: 'teacher-2',
    tags: ['planner'],
    metadata: { bot_id: 'bot-7', cohort: 'beta' },
    observations,
  };
}
