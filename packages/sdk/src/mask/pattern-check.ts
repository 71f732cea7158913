import { SlipstreamConfigError } from '../errors.js';
import { ALL, type CharacterSet, type PatternNode } from './pattern-nodes.js';
import { parsePattern, unsafe } from './pattern-parser.js';

/**
 * Steps that a match attempt may take at one place of a text, apart from what it takes in once. 256 KiB at this bound
 * are a good second of the worker's time in the worst case that anybody could construct.
 */
const MAX_STEPS = 2_000;

/** What a repetition without bound counts as. Its characters are taken in once, but it may be entered in several ways. */
const UNBOUNDED_STEPS = 100;

/** What the attempt to match at one place costs at most. */
interface Cost {
  /** In how many ways the node can match there: how often what follows is tried. */
  readonly ways: number;
  readonly steps: number;
}

/** Where in a pattern a node stands. */
interface Place {
  /** What the characters that follow can be; nothing at the end. */
  readonly next: CharacterSet;
  /** Whether the match can still fail after the node. */
  readonly canFail: boolean;
  /** Sets of which each match has a character before the node. */
  readonly before: readonly CharacterSet[];
}

/**
 * Says why a pattern might take more than linear time, or `undefined`. Strict rather than clever: what it passes is
 * linear, since each repetition knows from the next character whether it goes on, and none can be entered from
 * inside of itself; some of what it refuses would do no harm.
 */
export function patternProblem(pattern: RegExp): string | undefined {
  const { flags } = pattern;
  if (flags.includes('y')) return 'has the flag y (sticky), with which it would match at the beginning only';
  if (flags.includes('v')) return 'has the flag v, whose sets are not understood here: write it with u';
  try {
    const tree = parsePattern(pattern);
    if (isNullable(tree)) return 'matches the empty text, so it would match everywhere';
    const { steps } = new CostOf(guardOf(tree)).node(tree, { next: 0n, canFail: false, before: [] });
    if (steps <= MAX_STEPS) return undefined;
    return `may take ${steps} steps at each character: choose smaller bounds, or make alternatives begin differently`;
  } catch (error) {
    if (!(error instanceof SlipstreamConfigError)) throw error;
    return `could take very long on some texts, because of ${error.message}`;
  }
}

/** Characters after which no match begins: what `^`, `\b` or `(?<!…)` at the beginning of the pattern say. */
function guardOf(node: PatternNode): CharacterSet {
  if (node.kind === 'assertion') return node.guard;
  if (node.kind === 'look' && node.isNegativeBehind) return onlySetOf(node.body) ?? 0n;
  if (node.kind === 'sequence') return node.items[0] === undefined ? 0n : guardOf(node.items[0]);
  if (node.kind === 'choice') return node.options.map(guardOf).reduce((common, guard) => common & guard, ALL);
  return 0n;
}

function onlySetOf(node: PatternNode): CharacterSet | undefined {
  if (node.kind === 'set') return node.set;
  const [item] = node.kind === 'sequence' && node.items.length === 1 ? node.items : [];
  return item?.kind === 'set' ? item.set : undefined;
}

class CostOf {
  readonly #guard: CharacterSet;

  constructor(guard: CharacterSet) {
    this.#guard = guard;
  }

  node(node: PatternNode, place: Place): Cost {
    switch (node.kind) {
      case 'set':
      case 'assertion':
        return { ways: 1, steps: 1 };
      case 'look':
        return this.#look(node.body);
      case 'sequence':
        return this.#sequence(node.items, place);
      case 'choice':
        return this.#choice(node.options, place);
      case 'repeat':
        return node.max === Infinity ? this.#unbounded(node, place) : this.#bounded(node, place);
    }
  }

  /** What it looks at is looked at again from each place, so it must end by itself. */
  #look(body: PatternNode): Cost {
    if (hasUnbounded(body)) throw unsafe('a repetition without bound in a lookaround: write {0,100} or the like');
    const { steps } = this.node(body, { next: 0n, canFail: true, before: [] });
    return { ways: 1, steps };
  }

  #sequence(items: readonly PatternNode[], place: Place): Cost {
    let ways = 1;
    let steps = 0;
    let { before } = place;
    items.forEach((item, index) => {
      const rest = items.slice(index + 1);
      const next = firstOfAll(rest, place.next);
      const cost = this.node(item, { next, canFail: place.canFail || rest.some(canFail), before });
      steps += ways * cost.steps;
      ways *= cost.ways;
      if (!isNullable(item) && item.kind !== 'repeat') before = [...before, charactersOf(item)];
      if (item.kind === 'repeat' && item.min > 0) before = [...before, charactersOf(item)];
    });
    return { ways, steps };
  }

  /** Options that begin differently are one way; of others each is tried. */
  #choice(options: readonly PatternNode[], place: Place): Cost {
    const costs = options.map((option) => this.node(option, place));
    const steps = costs.reduce((sum, cost) => sum + cost.steps, 0);
    const firsts = options.map((option) => firstOf(option) | (isNullable(option) ? place.next : 0n));
    const ways = costs.map((cost) => cost.ways);
    return { ways: areDisjoint(firsts) ? Math.max(...ways) : ways.reduce((sum, one) => sum + one, 0), steps };
  }

  #bounded({ body, min, max }: Repeat, place: Place): Cost {
    const first = firstOf(body);
    const cost = this.node(body, inside(body, place, min));
    if (isNullable(body) && max > 1) throw unsafe('a repetition of what may be empty');
    const exits = (first & place.next) === 0n ? 1 : max - min + 1;
    const ways = exits * cost.ways ** max;
    return { ways, steps: cost.ways === 1 ? cost.steps * max : cost.steps * ways };
  }

  #unbounded({ body, min }: Repeat, place: Place): Cost {
    if (isNullable(body)) throw unsafe('a repetition of what may be empty');
    const { ways } = this.node(body, inside(body, place, min));
    if (ways > 1) throw unsafe('a repetition whose content can be divided in several ways, such as (a+)+ or (a|a)*');
    if ((firstOf(body) & place.next) !== 0n) {
      throw unsafe('a repetition without bound before something that it matches as well, such as .*a: write {0,100}');
    }
    const characters = charactersOf(body);
    const isGuarded = (characters & ~this.#guard) === 0n || place.before.some((set) => (set & characters) === 0n);
    if (place.canFail && !isGuarded) {
      throw unsafe(
        'a repetition without bound that can be entered at each of its characters, such as \\w+@: ' +
          'write \\b before it or {1,100} in its place',
      );
    }
    return { ways: 1, steps: UNBOUNDED_STEPS };
  }
}

type Repeat = Extract<PatternNode, { kind: 'repeat' }>;

/** The content of a repetition may be followed by itself. */
function inside(body: PatternNode, place: Place, min: number): Place {
  return { ...place, next: firstOf(body) | place.next, canFail: place.canFail || min > 1 };
}

function areDisjoint(sets: readonly CharacterSet[]): boolean {
  let seen = 0n;
  for (const set of sets) {
    if ((seen & set) !== 0n) return false;
    seen |= set;
  }
  return true;
}

/** What a match of the node can begin with. */
function firstOf(node: PatternNode): CharacterSet {
  switch (node.kind) {
    case 'set':
      return node.set;
    case 'assertion':
    case 'look':
      return 0n;
    case 'sequence':
      return firstOfAll(node.items, 0n);
    case 'choice':
      return node.options.reduce((set, option) => set | firstOf(option), 0n);
    case 'repeat':
      return node.max === 0 ? 0n : firstOf(node.body);
  }
}

function firstOfAll(items: readonly PatternNode[], next: CharacterSet): CharacterSet {
  let set = 0n;
  for (const item of items) {
    set |= firstOf(item);
    if (!isNullable(item)) return set;
  }
  return set | next;
}

/** Every character that a match of the node can hold. */
function charactersOf(node: PatternNode): CharacterSet {
  switch (node.kind) {
    case 'set':
      return node.set;
    case 'assertion':
    case 'look':
      return 0n;
    case 'sequence':
      return node.items.reduce((set, item) => set | charactersOf(item), 0n);
    case 'choice':
      return node.options.reduce((set, option) => set | charactersOf(option), 0n);
    case 'repeat':
      return charactersOf(node.body);
  }
}

function isNullable(node: PatternNode): boolean {
  switch (node.kind) {
    case 'set':
      return false;
    case 'assertion':
    case 'look':
      return true;
    case 'sequence':
      return node.items.every(isNullable);
    case 'choice':
      return node.options.some(isNullable);
    case 'repeat':
      return node.min === 0 || isNullable(node.body);
  }
}

/** Whether a match can fail at the node, whatever went before. */
function canFail(node: PatternNode): boolean {
  switch (node.kind) {
    case 'repeat':
      return node.min > 0 && canFail(node.body);
    case 'sequence':
      return node.items.some(canFail);
    case 'choice':
      return node.options.every(canFail);
    default:
      return true;
  }
}

function hasUnbounded(node: PatternNode): boolean {
  switch (node.kind) {
    case 'repeat':
      return node.max === Infinity || hasUnbounded(node.body);
    case 'sequence':
      return node.items.some(hasUnbounded);
    case 'choice':
      return node.options.some(hasUnbounded);
    case 'look':
      return hasUnbounded(node.body);
    default:
      return false;
  }
}
