import { fileURLToPath } from 'node:url';
import { createLlmServer, type LlmServer } from '@slipstream/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Arm } from '../../src/arms/contract.js';
import { type ArmName, createArm, describeArm } from '../../src/arms/registry.js';
import { installedVersion } from '../../src/peers/installation.js';
import { createPayload } from '../../src/sample/payload.js';
import { createOpenAiWork } from '../../src/sample/works/openai-work.js';
import { type Sink, startSink } from '../../src/sink/server.js';

const PEERS = new URL('../../peers/', import.meta.url);

const isInstalled = (name: ArmName): boolean =>
  describeArm(name).packages.every((library) => installedVersion(fileURLToPath(PEERS), library) !== undefined);

/** Where a library is known to differ from the contract's words. */
export interface KnownDifferences {
  /** What a rejected function's span never is. */
  readonly sendsRejected?: boolean;
}

/**
 * What every arm that wraps functions has to do, against the real library and a real sink; skipped where the library is
 * not installed. One file for each library: several set a provider for the whole process.
 */
export function describeWrappingArm(name: ArmName, { sendsRejected = true }: KnownDifferences = {}): void {
  describe.skipIf(!isInstalled(name))(`the arm ${name}`, () => {
    let sink: Sink;
    let arm: Arm;
    beforeAll(async () => {
      sink = await startSink();
      arm = createArm(name, PEERS.href);
      await arm.load();
      arm.setUp(sink.url);
    }, 60_000);
    afterAll(async () => {
      await arm.tearDown();
      await sink.close();
    });

    /** A flush is what the library says; what it wrote to a file can be on its way for a moment more. */
    const expectSpans = async (spans: number): Promise<void> => {
      await arm.flush();
      await expect.poll(() => sink.counts().distinctSpans, { timeout: 5_000 }).toBe(spans);
      expect(sink.counts().malformed).toBe(0);
    };

    test('gives back what the functions give, and sends a span for each', async () => {
      sink.reset();
      const leaf = arm.wrap('leaf', async (input: { text: string }) => `${input.text}!`, 'generation');
      const root = arm.wrap(
        'root',
        async (text: string) => ({ one: await leaf({ text }), two: await leaf({ text }) }),
        'span',
      );
      expect(await root('hello')).toEqual({ one: 'hello!', two: 'hello!' });
      expect(await root('again')).toEqual({ one: 'again!', two: 'again!' });
      await expectSpans(6);
    });

    test('gives an error to who called', async () => {
      sink.reset();
      const failing = arm.wrap('failing', async (_input: string) => Promise.reject(new Error('no')), 'span');
      const next = arm.wrap('next', async (input: string) => input, 'span');
      await expect(failing('x')).rejects.toThrow('no');
      expect(await next('y')).toBe('y');
      await expectSpans(sendsRejected ? 2 : 1);
    });
  });
}

/** What every arm has to do that traces the OpenAI client, against the real package and a stand-in for the model. */
export function describeClientArm(name: ArmName): void {
  describe.skipIf(!isInstalled(name))(`the arm ${name}`, () => {
    let sink: Sink;
    let model: LlmServer;
    let arm: Arm;
    beforeAll(async () => {
      sink = await startSink();
      model = await createLlmServer({ seed: 'arm' });
      arm = createArm(name, PEERS.href);
      await arm.load();
      arm.setUp(sink.url);
    }, 60_000);
    afterAll(async () => {
      await arm.tearDown();
      await Promise.all([sink.close(), model.close()]);
    });

    test('sends a span for each call of the model, the streamed one too', async () => {
      const places = { peersUrl: PEERS.href, llmUrl: model.url };
      const { runTrace, unitsPerTrace } = await createOpenAiWork(arm, places, createPayload('4kb', 1));
      await runTrace();
      await runTrace();
      await arm.flush();
      await expect.poll(() => sink.counts().distinctSpans, { timeout: 5_000 }).toBe(2 * unitsPerTrace);
      expect(sink.counts().malformed).toBe(0);
      // The first streamed call can take seconds: one of them loads a tokeniser.
    }, 60_000);
  });
}
