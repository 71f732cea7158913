import { afterEach, describe, expect, it } from 'vitest';
import { type FakeApi, type FakeData, startFakeApi } from '../../test/fake-api.js';
import { makeTerminal } from '../../test/memory-terminal.js';
import { makeDetail, makeNode, makeObservation, makeTrace, START_US, TRACE_ID } from '../../test/trace-fixture.js';
import type { TraceFlags } from '../program/flags.js';
import { displayWidth } from '../terminal/display-width.js';
import { showTrace } from './trace.js';

let api: FakeApi;

afterEach(() => api.close());

interface Asked {
  readonly id?: string;
  readonly flags?: Partial<TraceFlags>;
  readonly columns?: number;
}

async function show(data: Partial<FakeData>, { id = TRACE_ID, flags, columns }: Asked = {}): Promise<string> {
  api = await startFakeApi({
    traces: [makeTrace()],
    details: [makeDetail()],
    observations: [makeObservation()],
    ...data,
  });
  const { terminal, text } = makeTerminal({ columns });
  const code = await showTrace(
    { url: api.url, token: undefined },
    id,
    { json: false, full: false, ...flags },
    terminal,
  );
  expect(code).toBe(0);
  return text.out;
}

/** The lines of the tree: those that begin with a span's id. */
const treeOf = (text: string): string[] => text.split('\n').filter((line) => /^[0-9a-f]{8} {2}/.test(line));

describe('slipstream trace', () => {
  it('prints what is known of the trace, its tree with bars, why something failed, and its scores', async () => {
    const out = await show({}, { columns: 100 });
    expect(out).toMatch(/^lesson\.webhook\n {2}trace +4bf92f3577b34da6a3ce929d0e0e4736\n {2}began +2026-11-/);
    expect(out).toMatch(/^ {2}tokens +1,234 \(1,000 in, 234 out\)$/m);
    expect(out).toMatch(/^ {2}bot_id +7$/m);
    expect(treeOf(out)).toEqual([
      expect.stringMatching(/^00f067aa {2}lesson\.webhook {2}█+ +1\.24 s$/),
      expect.stringMatching(/^11111111 {2}├─ intent\.llm {3}█+ +620 ms {2}1,234 tok {2}\$0\.0012$/),
      expect.stringMatching(/^22222222 {2}└─ phát âm {6} +█+ +590 ms$/),
    ]);
    expect(out).toMatch(/^ +no such word$/m);
    expect(out).toMatch(/scores\n {2}helpful: 0\.75 {2}good\n$/);
  });

  it('draws each bar where and as long as its observation ran', async () => {
    const at = (spanId: string, fromMs: number, toMs: number | null) =>
      makeNode({
        spanId: spanId.repeat(16),
        parentSpanId: spanId === '0' ? '' : '0'.repeat(16),
        name: spanId,
        startTimeUs: START_US + fromMs * 1000,
        endTimeUs: toMs === null ? null : START_US + toMs * 1000,
      });
    const observations = [at('0', 0, 100), at('1', 0, 50), at('2', 50, 100), at('3', 75, null), at('4', 100, 100)];
    const out = await show({ details: [makeDetail({ observations })] }, { columns: 61 });
    const bars = treeOf(out).map((line) => {
      const [first, last] = [line.indexOf('█'), line.lastIndexOf('█')];
      return [first, last - first + 1];
    });
    const [[start, width]] = bars as [[number, number]];
    const relative = bars.map(([first, length]) => [
      Math.round(((first! - start) / width) * 4),
      Math.round((length! / width) * 4),
    ]);
    expect(relative).toEqual([
      [0, 4],
      [0, 2],
      [2, 2],
      [3, 1],
      [4, 0],
    ]);
  });

  it.each([20, 40, 59, 60, 80, 89, 90, 200])('fits a terminal of %i columns', async (columns) => {
    const observations = [
      makeNode({ name: '日本語の名前'.repeat(20) }),
      makeNode({
        spanId: '1'.repeat(16),
        parentSpanId: '00f067aa0ba902b7',
        level: 'ERROR',
        statusMessage: 'ố'.repeat(300),
      }),
    ];
    const out = await show({ details: [makeDetail({ observations })] }, { columns });
    for (const line of treeOf(out)) expect(displayWidth(line)).toBeLessThanOrEqual(Math.max(columns, 22));
    expect(out.includes('█')).toBe(columns >= 60);
  });

  it('shows spans without a parent here as roots, those that are their own ancestors too, each once', async () => {
    const node = (digit: string, parent: string) =>
      makeNode({ spanId: digit.repeat(16), parentSpanId: parent.repeat(16), name: `span ${digit}` });
    const observations = [node('1', 'f'), node('2', '3'), node('3', '2'), node('4', '4')];
    const lines = treeOf(await show({ details: [makeDetail({ observations })] }));
    expect(lines.map((line) => /span \d/.exec(line)?.[0])).toEqual(['span 1', 'span 4', 'span 2', 'span 3']);
  });

  it('shows a chain of 15,000 spans, which no stack could hold', async () => {
    const observations = Array.from({ length: 15_000 }, (_, index) =>
      makeNode({
        spanId: (index + 1).toString(16).padStart(16, '0'),
        parentSpanId: index === 0 ? '' : index.toString(16).padStart(16, '0'),
      }),
    );
    const details = [makeDetail({ observations })];
    const short = await show({ details });
    expect(treeOf(short)).toHaveLength(500);
    expect(short).toContain('… and 14,500 observations more: add --full');
    await api.close();
    const full = treeOf(await show({ details }, { flags: { full: true } }));
    expect(full).toHaveLength(15_000);
    expect(full.at(-1)).toContain('…14999 lesson.webhook');
  });

  it('prints what the collector knows as JSON', async () => {
    expect(JSON.parse(await show({}, { flags: { json: true } }))).toEqual(makeDetail());
    await api.close();
    const flags = { json: true, observation: '1111111111111111' };
    expect(JSON.parse(await show({}, { flags }))).toEqual(makeObservation());
  });

  it('finds a trace by the digits that a list shows', async () => {
    expect(await show({}, { id: '4bf92f35' })).toContain(TRACE_ID);
  });

  it('finds an older one, that the newest page of the list does not have, in SQL', async () => {
    const asked: string[] = [];
    const sql = (request: { sql: string }) => {
      asked.push(request.sql);
      return { columns: [{ name: 'trace_id', type: 'VARCHAR' }], rows: [[TRACE_ID]], truncated: false, elapsedMs: 1 };
    };
    expect(await show({ traces: [], sql }, { id: '4bf92f35' })).toContain(TRACE_ID);
    expect(asked).toEqual(["SELECT trace_id FROM traces WHERE trace_id LIKE '4bf92f35%' LIMIT 6"]);
  });

  it.each([
    ['4bf92f', /^2 begin with 4bf92f: 4bf92f3577b34da6a3ce929d0e0e4736, 4bf92f0{26}\.$/],
    ['dead', /^There is no trace whose id begins with dead; give all 32 digits to be sure\.$/],
    ['f'.repeat(32), /^There is no trace with this id\.$/],
  ])('says what is wrong with the id %s', async (id, message) => {
    const traces = [makeTrace(), makeTrace({ traceId: '4bf92f'.padEnd(32, '0') })];
    await expect(show({ traces }, { id })).rejects.toMatchObject({
      code: 'missing',
      message: expect.stringMatching(message),
    });
  });
});

describe('slipstream trace --observation', () => {
  it('prints input, output and metadata, JSON with its structure', async () => {
    const out = await show({}, { flags: { observation: '11111111' } });
    expect(out).toMatch(/^intent\.llm\n {2}observation +1111111111111111\n/);
    expect(out).toContain('  prompt        intent 3\n');
    expect(out).toContain('\ninput\n[\n  {\n    "role": "user",\n    "content": "phát âm từ này"\n  }\n]\n');
    expect(out).toContain('\noutput\nđược\n');
    expect(out).toMatch(/\nmetadata\n {2}attempt: 2\n$/);
  });

  it('cuts long texts and says by how much, and asks for all of them with --full', async () => {
    const text = 'x'.repeat(5000);
    const observations = [makeObservation({ input: { text, fullLength: 205_000 }, output: null })];
    const flags = { observation: '1111111111111111' };
    const cut = await show({ observations }, { flags });
    expect(cut).toContain(`\n${'x'.repeat(4000)}\n… and 201,000 characters more: add --full\n`);
    expect(api.requests.at(-1)).not.toContain('full');
    await api.close();
    const full = [makeObservation({ input: { text, fullLength: 5000 }, output: null })];
    expect(await show({ observations: full }, { flags: { ...flags, full: true } })).toContain(`\n${text}\n`);
    expect(api.requests.at(-1)).toContain('?full=1');
  });

  it('says that there is none', async () => {
    await expect(show({}, { flags: { observation: 'abcd' } })).rejects.toMatchObject({ code: 'missing' });
    await api.close();
    await expect(show({}, { flags: { observation: 'a'.repeat(16) } })).rejects.toMatchObject({
      code: 'missing',
      message: 'There is no observation with these ids.',
    });
  });
});
