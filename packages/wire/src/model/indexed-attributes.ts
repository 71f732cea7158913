import type { AnyValue } from '../otlp/messages.js';
import { anyValueToJson, jsonObject } from './any-value-text.js';
import type { AttributeMap } from './attribute-map.js';

/** Indexes from here on are not rebuilt; those attributes stay as they are. */
export const MAX_REBUILT_SLOTS = 10_001;

/** Parts of a path that would reach an object's prototype. */
const PROTOTYPE_PARTS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** OpenInference wraps each element of a list in an object with the one key of the element's kind. */
const WRAPPERS: ReadonlySet<string> = new Set([
  'message',
  'message_content',
  'tool_call',
  'document',
  'embedding',
  'prompt',
  'image',
  'audio',
  'video',
]);

const INDEX = /^\d{1,9}$/;

/** Paths are not longer than this in any dialect; deeper ones stay as they are. */
const MAX_PATH_PARTS = 12;

type Node = Map<string, Node | { readonly leaf: AnyValue }>;

/**
 * Rebuilds what a sender took apart into attributes like `llm.input_messages.0.message.role`, and takes them out:
 * the JSON text of an array without gaps, or `undefined` where there are none. `prefix` ends in a dot, and is a family of
 * the plan by which the attributes were sorted.
 */
export function takeIndexed(attributes: AttributeMap, prefix: string): string | undefined {
  const keys = attributes.keysUnder(prefix);
  if (keys.length === 0) return undefined;
  const root: Node = new Map();
  for (const key of keys) {
    const value = attributes.get(key);
    const path = pathOf(key, prefix);
    if (path !== undefined && value !== undefined && addLeaf(root, path, value)) attributes.remove(key);
  }
  return root.size === 0 ? undefined : nodeToJson(root);
}

/** Takes out what {@link takeIndexed} would, where its content is in the model already. */
export function dropIndexed(attributes: AttributeMap, prefix: string): void {
  for (const key of attributes.keysUnder(prefix)) {
    if (pathOf(key, prefix) !== undefined) attributes.remove(key);
  }
}

/** The parts of a key after the prefix; `undefined` where they are not to be rebuilt. */
function pathOf(key: string, prefix: string): readonly string[] | undefined {
  const path = key.slice(prefix.length).split('.', MAX_PATH_PARTS + 1);
  return isRebuildable(path) ? path : undefined;
}

function isRebuildable(path: readonly string[]): boolean {
  if (path.length > MAX_PATH_PARTS || !INDEX.test(path[0] ?? '')) return false;
  return path.every((part) => !PROTOTYPE_PARTS.has(part) && !(INDEX.test(part) && Number(part) >= MAX_REBUILT_SLOTS));
}

/** `false` where the path runs through a value, or ends where others go on. */
function addLeaf(root: Node, path: readonly string[], leaf: AnyValue): boolean {
  let node = root;
  for (const part of path.slice(0, -1)) {
    const next = node.get(part) ?? new Map();
    if (!(next instanceof Map)) return false;
    node.set(part, next);
    node = next;
  }
  const last = path.at(-1) ?? '';
  if (node.has(last)) return false;
  node.set(last, { leaf });
  return true;
}

function nodeToJson(node: Node): string {
  const members = [...node];
  const [only] = members;
  if (only !== undefined && members.length === 1 && WRAPPERS.has(only[0])) return memberToJson(only[1]);
  if (members.every(([key]) => INDEX.test(key))) {
    members.sort(([left], [right]) => Number(left) - Number(right));
    return `[${members.map(([, member]) => memberToJson(member)).join(',')}]`;
  }
  return jsonObject(members.map(([key, member]) => [key, memberToJson(member)]));
}

function memberToJson(member: Node | { readonly leaf: AnyValue }): string {
  return member instanceof Map ? nodeToJson(member) : anyValueToJson(member.leaf);
}
