import { createRandom, type LlmFaultKind, type SeededRandom } from '@slipstream/testkit';
import { LESSON_IDS, type LessonLanguage } from '../lesson/catalogue.js';
import type { TraceRow } from './trace-file.js';

/** How a pupil's message is meant. */
export type MessageKind = 'answer' | 'accented-answer' | 'yes' | 'no' | 'repeat' | 'question' | 'small-talk' | 'stop';

/** What goes wrong with a call, on purpose: at the model, or already in the request. */
export type CallFault = LlmFaultKind | 'unknown-conversation' | 'bad-payload';

/** Who talks with whom about what. */
export interface ConversationPlan {
  readonly id: string;
  readonly botId: string;
  readonly userId: string;
  readonly lessonId: string;
  readonly language: LessonLanguage;
  readonly turnCount: number;
}

/** One message of the pupil. */
export interface TurnPlan {
  readonly kind: MessageKind;
  readonly contextTokens: number;
  readonly generatedTokens: number;
  readonly fault: CallFault | undefined;
  /** Seeds the texts of this turn. */
  readonly seed: string;
}

/** One recorded request: a turn of a conversation. The first turn of a conversation begins it. */
export interface PlannedCall {
  /** After the start of the replay. */
  readonly atMs: number;
  readonly conversation: ConversationPlan;
  /** From 0. */
  readonly turnIndex: number;
  readonly turn: TurnPlan;
}

/** What a plan is made from. Equal settings give equal plans. */
export interface PlanSettings {
  readonly rows: readonly TraceRow[];
  readonly seed: string;
  /** Distinguishes the conversations of this run from those of the run before. */
  readonly runId: string;
  /** 20 replays 20 recorded seconds a second. */
  readonly speed: number;
  /** Share of calls that go wrong. */
  readonly faultRate: number;
  /** Conversations going on at the same time. */
  readonly conversationCount: number;
}

interface OpenConversation {
  readonly plan: ConversationPlan;
  nextTurn: number;
}

const TURNS = { min: 3, max: 8 } as const;
const USER_COUNT = 200;
const BOT_IDS = ['bot-sao-mai', 'bot-bi-bo', 'bot-robi', 'bot-ti-ni', 'bot-luna', 'bot-astro'] as const;

/** In percent of turns. Questions and small talk need the model; the rest is for the phoneme rules. */
const KIND_SHARES: readonly (readonly [MessageKind, number])[] = [
  ['answer', 42],
  ['accented-answer', 14],
  ['yes', 8],
  ['no', 4],
  ['repeat', 6],
  ['question', 16],
  ['small-talk', 10],
];

/** Shares among the calls that go wrong: mostly what a client library heals, seldom what a pupil notices. */
const FAULT_SHARES: readonly (readonly [CallFault, number])[] = [
  ['slow', 40],
  ['rate-limit', 25],
  ['server-error', 12],
  ['drop', 10],
  ['unknown-conversation', 8],
  ['bad-payload', 5],
];

/** Share of conversations whose last turn says goodbye; the others just end, as children do. */
const GOODBYE_RATE = 0.6;

/**
 * The calls of a replay, in order of time and without end: after the last recorded request the file starts over.
 * Open loop: times depend on the recording and the speed alone.
 */
export function* planTraffic(settings: PlanSettings): Generator<PlannedCall, never> {
  const { rows, seed, speed } = settings;
  const random = createRandom(seed);
  const open: OpenConversation[] = [];
  const lastOffsetMs = rows.at(-1)?.offsetMs ?? 0;
  // One mean gap between the last request of a round and the first of the next.
  const roundMs = lastOffsetMs + lastOffsetMs / Math.max(1, rows.length - 1) + 1;
  let conversationNumber = 0;
  for (let round = 0; ; round++) {
    for (const [index, row] of rows.entries()) {
      let chosen = chooseConversation(open, settings.conversationCount, random);
      if (chosen === undefined) {
        chosen = { plan: planConversation(settings, conversationNumber++, random), nextTurn: 0 };
      }
      const turnIndex = chosen.nextTurn++;
      // To the back of the queue: the next turn comes after the others had theirs.
      if (chosen.nextTurn < chosen.plan.turnCount) open.push(chosen);
      yield {
        atMs: (round * roundMs + row.offsetMs) / speed,
        conversation: chosen.plan,
        turnIndex,
        turn: planTurn(row, chosen, settings, `${seed}/${round}/${index}`),
      };
    }
  }
}

/**
 * Takes one of the conversations that have waited longest out of the queue, so that the robot has had time to answer;
 * `undefined` while there is room for another conversation.
 */
function chooseConversation(
  open: OpenConversation[],
  conversationCount: number,
  random: SeededRandom,
): OpenConversation | undefined {
  if (open.length < conversationCount) {
    // While the first conversations build up, every other call goes on with one, so that turns are seen soon.
    const mayContinue = open.length >= 4 && random.chance(0.5);
    if (!mayContinue) return undefined;
  }
  return open.splice(random.integer(0, Math.floor(open.length / 4)), 1)[0];
}

function planConversation({ runId }: PlanSettings, number: number, random: SeededRandom): ConversationPlan {
  return {
    id: `lesson-${runId}-${String(number + 1).padStart(5, '0')}`,
    botId: random.pick(BOT_IDS),
    userId: `user-${String(random.integer(1, USER_COUNT)).padStart(3, '0')}`,
    lessonId: random.pick(LESSON_IDS),
    // In turns, so that both languages get equal parts.
    language: number % 2 === 0 ? 'vi' : 'en',
    turnCount: random.integer(TURNS.min, TURNS.max),
  };
}

function planTurn(row: TraceRow, chosen: OpenConversation, { faultRate }: PlanSettings, seed: string): TurnPlan {
  // From a seed of its own, so that another fault rate does not change who says what.
  const random = createRandom(seed);
  const isLast = chosen.nextTurn === chosen.plan.turnCount;
  const kind = isLast && random.chance(GOODBYE_RATE) ? 'stop' : pickByShare(KIND_SHARES, random);
  return {
    kind,
    contextTokens: row.contextTokens,
    generatedTokens: row.generatedTokens,
    fault: random.chance(faultRate) ? pickByShare(FAULT_SHARES, random) : undefined,
    seed,
  };
}

function pickByShare<T>(shares: readonly (readonly [T, number])[], random: SeededRandom): T {
  let rest = random.next() * shares.reduce((sum, [, share]) => sum + share, 0);
  for (const [value, share] of shares) {
    rest -= share;
    if (rest < 0) return value;
  }
  return (shares.at(-1) as readonly [T, number])[0];
}
