// Export requests for a large store, as varied as what real applications send: encoded once, and then only overwritten in
// place, so that making a span costs a few microseconds.
import { randomFillSync } from 'node:crypto';
import { createRandom, makeSentence, wrapSpans } from '@slipstream/testkit';
import { ATTRIBUTE, encodeExportRequest } from '@slipstream/wire';

const TEMPLATES = 40;
const TRACES_A_REQUEST = 10;
const MIN_SPANS = 7;
const MAX_SPANS = 12;
const NAMES = 200;
const SERVICES = 20;
const CONVERSATIONS = 5_000;
const USERS = 5_000;
const BOTS = 50;
/** Texts are put together from blocks of this many bytes, of which there are so many. */
const BLOCK_BYTES = 64;
const BLOCKS_A_LANGUAGE = 8_192;
const BLOCKS_A_TEXT = { input: 5, output: 4 };
const BLANK_BLOCK = '^'.repeat(BLOCK_BYTES);
const START_NS = 1_000_000_000_000_000_000n;
/** Traces of a template stand this far apart, so that no two share a time. */
const APART_NS = 100_000_000_000n;
const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;
/** One trace in this many says the rare word. */
const RARE_WORD_EVERY_TRACES = 5_000;
/** One trace in this many is remembered, for asking about it later. */
const SAMPLE_EVERY_TRACES = 200;

export const COMMON_WORD = 'robot';
export const RARE_WORD = 'quokka';
export const ABSENT_WORD = 'zyzzyva';
const RARE_BLOCK = Buffer.from(`Today we talk about the ${RARE_WORD} of the island. `.padEnd(BLOCK_BYTES, '.'));

const STEPS = ['intent.llm', 'state.load', 'state.save', 'tool.dictionary', 'retrieve.passages', 'guard.output'];
const TYPES = ['generation', 'span', 'span', 'tool', 'retriever', 'guardrail'];
const ACTIONS = ['next_word', 'say_again', 'explain', 'end_lesson'];

const digits = (value, width) => String(value).padStart(width, '0');
export const nameOf = (index) => `lesson-${digits(index, 4)}`;
export const serviceOf = (index) => `service-${digits(index, 2)}`;
export const userOf = (index) => `user-${digits(index, 4)}`;
export const conversationOf = (index) => `conv-${digits(index, 4)}`;
export const botOf = (index) => `bot-${digits(index, 4)}`;
/** Few are frequent and many rare, as with real names. */
export const skewed = (random, count) => Math.floor(count * random() ** 3);

/**
 * @param {number} seed
 * @returns requests of ten traces each; `next(atMs)` gives `{ body, spanCount, traces }`, traces being those to remember
 */
export function storeSpans(seed = 1) {
  const random = numbers(seed);
  const blocks = [makeBlocks('vi'), makeBlocks('en')];
  const templates = Array.from({ length: TEMPLATES }, (_, index) => makeTemplate(index));
  let made = 0;
  return {
    /** @param spreadMs traces begin up to this long before `atMs` */
    next(atMs, progress, spreadMs = 1_000) {
      const template = templates[Math.floor(random() * templates.length)];
      const body = Buffer.from(template.bytes);
      body.write(serviceOf(skewed(random, SERVICES)), template.service, 'latin1');
      fillTexts(body, template.texts, blocks, random);
      const ids = randomFillSync(Buffer.allocUnsafe(template.traces.length * TRACE_ID_BYTES));
      const remembered = [];
      for (const [index, places] of template.traces.entries()) {
        const id = ids.subarray(index * TRACE_ID_BYTES, (index + 1) * TRACE_ID_BYTES);
        const trace = fillTrace(body, places, { id, atMs: atMs - Math.floor(random() * spreadMs), progress, random });
        if (made % RARE_WORD_EVERY_TRACES === 0) RARE_BLOCK.copy(body, places.firstText);
        if (made++ % SAMPLE_EVERY_TRACES === 0) remembered.push(trace);
      }
      overwriteSpanIds(body, template.spanIds);
      return { body, spanCount: template.spanCount, traces: remembered };
    },
  };
}

function fillTrace(body, places, { id, atMs, progress, random }) {
  for (const at of places.id) id.copy(body, at);
  const shiftNs = BigInt(atMs) * 1_000_000n - places.startNs;
  for (const { at, nanos } of places.times) body.writeBigUInt64LE(nanos + shiftNs, at);
  // A conversation lasts about a day; users come back over the whole time.
  const conversation = Math.floor((progress * (CONVERSATIONS - 200) + random() * 200) % CONVERSATIONS);
  const trace = {
    traceId: id.toString('hex'),
    atMs,
    name: nameOf(skewed(random, NAMES)),
    user: userOf(Math.floor(random() * USERS)),
    conversation: conversationOf(conversation),
    bot: botOf(skewed(random, BOTS)),
    request: `req-${id.toString('hex', 0, 6)}`,
  };
  for (const field of ['name', 'user', 'conversation', 'bot', 'request']) {
    for (const at of places[field]) body.write(trace[field], at, 'latin1');
  }
  return trace;
}

function makeTemplate(index) {
  const random = numbers(1_000 + index);
  const groups = Array.from({ length: TRACES_A_REQUEST }, (_, trace) => makeTrace(index, trace, random));
  const request = wrapSpans(groups.flat(), { service: 'service-@@', serviceInstanceId: `instance-${index}` });
  const bytes = Buffer.from(encodeExportRequest(request));
  const texts = placesOf(bytes, BLANK_BLOCK, BLOCK_BYTES);
  const spans = groups.flat();
  return {
    bytes,
    texts,
    spanCount: spans.length,
    service: placesOf(bytes, 'service-@@')[0],
    spanIds: [...new Set(spans.map(({ spanId }) => spanId))].map((id) => placesOfId(bytes, id)),
    traces: groups.map((group, trace) => placesOfTrace(bytes, group, trace, texts)),
  };
}

function placesOfTrace(bytes, group, trace, texts) {
  const mark = digits(trace, 2);
  const id = placesOfId(bytes, group[0].traceId);
  return {
    id,
    firstText: texts.find((at) => at > id[0]),
    startNs: group[0].startTimeUnixNano,
    times: placesOfTimes(bytes, group),
    name: placesOf(bytes, `lesson-@@${mark}`),
    user: placesOf(bytes, `user-@@${mark}`),
    conversation: placesOf(bytes, `conv-@@${mark}`),
    bot: placesOf(bytes, `bot-@@${mark}`),
    request: placesOf(bytes, `req-@@@@@@@@@@${mark}`),
  };
}

function makeTrace(template, trace, random) {
  const startNs = START_NS + BigInt(trace) * APART_NS;
  const spanCount = MIN_SPANS + Math.floor(random() * (MAX_SPANS - MIN_SPANS + 1));
  const durationMs = Math.floor(100 + 8_000 * random() ** 3);
  // Three of a hundred traces have an error, two a warning.
  const level = trace === 3 && template % 10 < 3 ? 'ERROR' : trace === 4 && template % 5 === 0 ? 'WARNING' : undefined;
  const id = (width, salt) => digits(template * 100_000 + trace * 1_000 + salt, width - 2).padStart(width, 'fe');
  return Array.from({ length: spanCount }, (_, index) => {
    const offsetNs = BigInt(Math.floor((durationMs * 1e6 * index) / (spanCount + 1)));
    return {
      traceId: id(32, 999),
      spanId: id(16, index),
      parentSpanId: index === 0 ? '' : id(16, index < 4 ? 0 : 1 + (index % 3)),
      traceState: '',
      flags: 0,
      name: index === 0 ? `lesson-@@${digits(trace, 2)}` : `${STEPS[index % STEPS.length]}.${(template + index) % 16}`,
      kind: 1,
      startTimeUnixNano: startNs + offsetNs,
      endTimeUnixNano: startNs + (index === 0 ? BigInt(durationMs) * 1_000_000n : offsetNs + 20_000_000n),
      attributes: attributesOf({ template, trace, index, level: index === 2 ? level : undefined, random }),
      droppedAttributesCount: 0,
      events: [],
      droppedEventsCount: 0,
      links: [],
      droppedLinksCount: 0,
      status: { code: level === 'ERROR' && index === 2 ? 2 : 0, message: '' },
    };
  });
}

function attributesOf({ template, trace, index, level, random }) {
  const mark = digits(trace, 2);
  const type = index === 0 ? 'span' : TYPES[index % TYPES.length];
  const attributes = {
    [ATTRIBUTE.observationType]: type,
    [ATTRIBUTE.traceName]: `lesson-@@${mark}`,
    [ATTRIBUTE.userId]: `user-@@${mark}`,
    [`${ATTRIBUTE.traceMetadata}conversation_id`]: `conv-@@${mark}`,
    [`${ATTRIBUTE.traceMetadata}bot_id`]: `bot-@@${mark}`,
    [`${ATTRIBUTE.traceMetadata}request_id`]: `req-@@@@@@@@@@${mark}`,
    [`${ATTRIBUTE.traceMetadata}experiment`]: template === 7 && trace === 7 ? 'variant-b' : 'control',
    [`${ATTRIBUTE.observationMetadata}next_action`]: ACTIONS[Math.floor(random() * ACTIONS.length)],
    [`${ATTRIBUTE.observationMetadata}attempt`]: String(1 + Math.floor(3 * random() ** 4)),
    [ATTRIBUTE.observationInput]: BLANK_BLOCK.repeat(BLOCKS_A_TEXT.input),
    [ATTRIBUTE.observationOutput]: BLANK_BLOCK.repeat(BLOCKS_A_TEXT.output),
  };
  if (type === 'generation') {
    const usage = { input: Math.floor(random() * 4_000), output: Math.floor(random() * 600) };
    attributes[ATTRIBUTE.observationModel] = template % 2 === 0 ? 'openai/gpt-4o-mini' : 'google/gemini-2.5-flash';
    attributes[ATTRIBUTE.observationUsageDetails] = JSON.stringify(usage);
  }
  if (level !== undefined) {
    attributes[ATTRIBUTE.observationLevel] = level;
    attributes[ATTRIBUTE.observationStatusMessage] = '429 Rate limit reached';
  }
  return Object.entries(attributes).map(([key, value]) => ({ key, value }));
}

/** Sentences one after another, cut into blocks that hold whole characters. */
function makeBlocks(language) {
  const random = createRandom(`blocks/${language}`);
  const blocks = Buffer.alloc(BLOCKS_A_LANGUAGE * BLOCK_BYTES, ' ');
  let text = '';
  for (let block = 0; block < BLOCKS_A_LANGUAGE; block++) {
    while (text.length < BLOCK_BYTES) text += `${makeSentence(random, language)} `;
    const { read } = new TextEncoder().encodeInto(
      text,
      blocks.subarray(block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES),
    );
    text = text.slice(read);
  }
  return blocks;
}

function fillTexts(body, places, blocks, random) {
  const aSpan = BLOCKS_A_TEXT.input + BLOCKS_A_TEXT.output;
  for (const [index, at] of places.entries()) {
    const from = Math.floor(random() * BLOCKS_A_LANGUAGE) * BLOCK_BYTES;
    blocks[Math.floor(index / aSpan) % 2].copy(body, at, from, from + BLOCK_BYTES);
  }
}

function overwriteSpanIds(body, spans) {
  const fresh = randomFillSync(Buffer.allocUnsafe(spans.length * SPAN_ID_BYTES));
  for (const [index, places] of spans.entries()) {
    for (const at of places) fresh.copy(body, at, index * SPAN_ID_BYTES, (index + 1) * SPAN_ID_BYTES);
  }
}

function placesOf(bytes, text, step = 1) {
  const found = [];
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + step)) found.push(at);
  return found;
}

/** An id is a field of protobuf: its length, its bytes. */
function placesOfId(bytes, id) {
  return placesOf(bytes, Buffer.concat([Buffer.from([id.length / 2]), Buffer.from(id, 'hex')])).map((at) => at + 1);
}

function placesOfTimes(bytes, spans) {
  const encoded = Buffer.alloc(8);
  return [...new Set(spans.flatMap((span) => [span.startTimeUnixNano, span.endTimeUnixNano]))].flatMap((nanos) => {
    encoded.writeBigUInt64LE(nanos);
    return placesOf(bytes, encoded).map((at) => ({ at, nanos }));
  });
}

/** Mulberry32: a few nanoseconds a number, which the testkit's is not made for. */
export function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
