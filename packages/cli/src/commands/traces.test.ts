import { afterEach, describe, expect, it } from 'vitest';
import { type FakeApi, type FakeData, startFakeApi } from '../../test/fake-api.js';
import { makeTerminal } from '../../test/memory-terminal.js';
import { makeTrace, TRACE_ID, traceIdOf } from '../../test/trace-fixture.js';
import type { TracesFlags } from '../program/flags.js';
import { displayWidth } from '../terminal/display-width.js';
import { showTraces } from './traces.js';

let api: FakeApi;

afterEach(() => api.close());

async function list(
  data: Partial<FakeData>,
  flags: Partial<TracesFlags> = {},
  columns?: number,
): Promise<{ code: number; out: string; err: string }> {
  api = await startFakeApi(data);
  const { terminal, text } = makeTerminal({ columns });
  const address = { url: api.url, token: undefined };
  const code = await showTraces(address, { json: false, limit: 50, all: false, ...flags }, terminal);
  return { code, ...text };
}

const many = (count: number) => Array.from({ length: count }, (_, index) => makeTrace({ traceId: traceIdOf(index) }));
const idsIn = (text: string): number => text.match(/[0-9a-f]{8}a{24}/g)?.length ?? 0;

describe('slipstream traces', () => {
  it('prints a row for each trace, with its whole id where there is no terminal', async () => {
    const { code, out, err } = await list({ traces: [makeTrace(), makeTrace({ name: 'phát âm', level: 'DEFAULT' })] });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const [titles, first, second, ...rest] = out.split('\n');
    expect(titles).toMatch(/^time +trace +name +service +duration +tokens +cost +level +conversation$/);
    expect(first).toMatch(
      /^2026-11-\d\d \d\d:\d\d:01 {2}4bf92f3577b34da6a3ce929d0e0e4736 {2}lesson.webhook {2}robot-lesson +1.24 s +1,234 {2}\$0.0012 {2}ERROR +conv-1$/,
    );
    expect(second).toContain('  phát âm         robot-lesson');
    expect(rest).toEqual(['']);
  });

  it.each([20, 40, 60, 80, 100, 120])(
    'fits a terminal of %i columns, and keeps id, name and duration',
    async (columns) => {
      const wide = makeTrace({ name: 'tên rất dài 日本語 '.repeat(9), conversation: '会話'.repeat(30) });
      const { out } = await list({ traces: [wide, makeTrace()] }, {}, columns);
      const room = Math.max(columns, 34);
      for (const line of out.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(room);
      expect(out).toMatch(/4bf92f35 .* 1\.24 s/);
      expect(out).not.toContain(TRACE_ID);
    },
  );

  it('sends its filters to the collector', async () => {
    await list({}, { name: 'a', metadata: ['bot_id:7', 'x:y z'], level: 'WARNING', since: 5, until: 9, user: 'ü&' });
    expect(api.filters).toEqual([
      { name: 'a', metadata: ['bot_id:7', 'x:y z'], level: 'WARNING', fromUs: 5, toUs: 9, user: 'ü&' },
    ]);
  });

  it('says on stderr that there are none', async () => {
    expect(await list({})).toEqual({ code: 0, out: '', err: 'There are no such traces.\n' });
  });

  it('stops at its limit and says how to go on', async () => {
    const { out, err } = await list({ traces: many(7) }, { limit: 5 });
    expect(idsIn(out)).toBe(5);
    expect(err).toBe('There are more: add --all, or --cursor 5\n');
    await api.close();
    const rest = await list({ traces: many(7) }, { cursor: '5' });
    expect([idsIn(rest.out), rest.err]).toEqual([2, '']);
  });

  it('asks for as many pages as its limit needs, one title for all', async () => {
    const { out, err } = await list({ traces: many(1200) }, { limit: 1100 });
    expect(idsIn(out)).toBe(1100);
    expect(out.match(/conversation/g)).toHaveLength(1);
    expect(api.requests.map((line) => /limit=(\d+)/.exec(line)?.[1])).toEqual(['500', '500', '100']);
    expect(err).toContain('--cursor 1100');
  });

  it('lists all with --all', async () => {
    const { out, err } = await list({ traces: many(1001) }, { all: true });
    expect([idsIn(out), err]).toEqual([1001, '']);
  });

  it.each([0, 1, 501])('prints %i traces as one JSON object', async (count) => {
    const { out, err } = await list({ traces: many(count) }, { json: true, all: true });
    expect(JSON.parse(out)).toEqual({ traces: many(count), nextCursor: null });
    expect(err).toBe(count === 0 ? 'There are no such traces.\n' : '');
  });

  it('gives the cursor in JSON', async () => {
    const { out } = await list({ traces: many(3) }, { json: true, limit: 2 });
    expect(JSON.parse(out)).toMatchObject({ traces: { length: 2 }, nextCursor: '2' });
  });

  it('ends with the message of the collector where it refuses, and prints nothing', async () => {
    api = await startFakeApi();
    const { terminal, text } = makeTerminal();
    const flags = { json: true, limit: 1, all: false, cursor: 'x'.repeat(201) };
    await expect(showTraces({ url: api.url, token: undefined }, flags, terminal)).rejects.toMatchObject({
      code: 'rejected',
      message: 'The collector answers: limit: too large',
    });
    expect(text.out).toBe('');
  });

  it('says what it does not understand of a collector of another version', async () => {
    api = await startFakeApi();
    const list = { traces: [{ ...makeTrace(), level: 'FATAL' }], nextCursor: null, elapsedMs: 1 };
    const { createServer } = await import('node:http');
    const server = createServer((_request, response) => response.end(JSON.stringify(list)));
    await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
    const { port } = server.address() as { port: number };
    const { terminal } = makeTerminal();
    const asked = showTraces(
      { url: `http://127.0.0.1:${port}`, token: undefined },
      { json: false, limit: 1, all: false },
      terminal,
    );
    await expect(asked).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/not as a Slipstream collector of this version: traces\.0\.level: /),
    });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
