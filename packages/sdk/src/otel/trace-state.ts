import type { OtelTraceState } from './api-types.js';

/** https://www.w3.org/TR/trace-context/#tracestate-header: what a list may hold. */
const MAX_MEMBERS = 32;
const MAX_LENGTH = 512;
const KEY = /^(?:[a-z][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13})$/;
const VALUE = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

type Member = readonly [key: string, value: string];

/** A W3C `tracestate`, changed by making a new one. It is passed on as it came until somebody asks what is in it. */
export class TraceState implements OtelTraceState {
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  get(key: string): string | undefined {
    return this.members().find(([name]) => name === key)?.[1];
  }

  /** With this member in front; the same list where the member is not valid or there is no room for it. */
  set(key: string, value: string): TraceState {
    if (!KEY.test(key) || !VALUE.test(value)) return this;
    const others = this.members().filter(([name]) => name !== key);
    const text = textOf([[key, value], ...others]);
    return others.length < MAX_MEMBERS && text.length <= MAX_LENGTH ? new TraceState(text) : this;
  }

  unset(key: string): TraceState {
    return new TraceState(textOf(this.members().filter(([name]) => name !== key)));
  }

  serialize(): string {
    return textOf(this.members());
  }

  private members(): Member[] {
    const members: Member[] = [];
    for (const part of this.text.split(',')) {
      const text = part.trim();
      const at = text.indexOf('=');
      const member: Member = [text.slice(0, at), text.slice(at + 1)];
      if (at > 0 && KEY.test(member[0]) && VALUE.test(member[1])) members.push(member);
      if (members.length === MAX_MEMBERS) break;
    }
    return members;
  }
}

function textOf(members: readonly Member[]): string {
  return members.map((member) => member.join('=')).join(',');
}
