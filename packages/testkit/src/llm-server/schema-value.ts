import type { SeededRandom } from '../random/seeded-random.js';
import { makeSentence } from '../text/teaching-text.js';

/** Deeper schemas give `null`: enough for tool arguments, and a recursive schema ends. */
const MAX_DEPTH = 6;

type Schema = Readonly<Record<string, unknown>>;

/** A value that fits the common parts of a JSON schema, chosen by the seed. */
export function makeValueForSchema(schema: unknown, random: SeededRandom, depth = 0): unknown {
  if (typeof schema !== 'object' || schema === null || depth > MAX_DEPTH) return null;
  const definition = schema as Schema;
  if ('const' in definition) return definition.const;
  const choices = definition.enum;
  if (Array.isArray(choices) && choices.length > 0) return random.pick(choices as unknown[]);
  const alternatives = definition.anyOf ?? definition.oneOf;
  if (Array.isArray(alternatives)) return makeValueForSchema(alternatives[0], random, depth + 1);
  return makeTypedValue(definition, random, depth);
}

function makeTypedValue(schema: Schema, random: SeededRandom, depth: number): unknown {
  const { type } = schema;
  switch (Array.isArray(type) ? type[0] : type) {
    case 'string':
      return makeSentence(random, 'en');
    case 'integer':
      return Math.round(numberWithin(schema, random));
    case 'number':
      return Math.round(numberWithin(schema, random) * 100) / 100;
    case 'boolean':
      return random.chance(0.5);
    case 'array':
      return [makeValueForSchema(schema.items, random, depth + 1)];
    case 'null':
      return null;
    default:
      return makeObject(schema, random, depth);
  }
}

function numberWithin(schema: Schema, random: SeededRandom): number {
  const minimum = typeof schema.minimum === 'number' ? schema.minimum : 0;
  const maximum = typeof schema.maximum === 'number' ? schema.maximum : minimum + 100;
  return minimum + random.next() * (maximum - minimum);
}

function makeObject(schema: Schema, random: SeededRandom, depth: number): Record<string, unknown> {
  const properties = schema.properties;
  if (typeof properties !== 'object' || properties === null) return {};
  return Object.fromEntries(
    Object.entries(properties).map(([name, child]) => [name, makeValueForSchema(child, random, depth + 1)]),
  );
}
