import { readFileSync } from 'node:fs';

/** What every program tells its library, as far as the library has a place for it; the programs read the same file. */
export const story = JSON.parse(readFileSync(new URL('../story.json', import.meta.url), 'utf8')) as {
  readonly service: string;
  readonly environment: string;
  readonly release: string;
  readonly version: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly tags: readonly string[];
  readonly traceName: string;
  readonly question: string;
  readonly lessonInput: unknown;
  readonly lessonOutput: unknown;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly answer: { readonly role: string; readonly content: string };
  readonly query: string;
  readonly documents: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly propagated: Readonly<Record<string, string>>;
  readonly model: string;
  readonly modelParameters: unknown;
  readonly usage: Readonly<Record<string, number>>;
  readonly cost: Readonly<Record<string, number>>;
  readonly openaiUsage: unknown;
  readonly prompt: { readonly name: string; readonly version: number };
  readonly error: string;
  readonly warning: string;
  readonly score: { readonly comment: string; readonly category: string };
};
