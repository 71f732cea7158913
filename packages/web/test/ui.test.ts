import type { Series } from '@slipstream/query-api';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ensureBuiltUi } from './support/built-ui.js';
import { CHROMIUM_FLAGS, findChromium, isBrowserRequired } from './support/chromium.js';
import { type FakeApi, startFakeApi } from './support/fake-api.js';
import { agentTrace, type FakeTrace, fakeObservation, lessonTrace, wholeText } from './support/fake-data.js';
import { openWatchedPage, type WatchedPage } from './support/watched-page.js';

const executablePath = findChromium();
if (executablePath === undefined) {
  process.stdout.write('SKIPPED: the UI in a browser (no Chromium found; set SLIPSTREAM_CHROMIUM to its path)\n');
}

test('a browser is there to test with, where one is required', () => {
  const isMissing = executablePath === undefined && isBrowserRequired();
  expect(isMissing, 'SLIPSTREAM_REQUIRE_BROWSER is 1 and no Chromium was found; set SLIPSTREAM_CHROMIUM').toBe(false);
});

const NOW_US = () => Date.now() * 1000;

/** A finished trace of one span. */
function simpleTrace(
  traceId: string,
  startTimeUs: number,
  fields: Partial<FakeTrace> = {},
  name = 'simple',
): FakeTrace {
  const root = fakeObservation(traceId, { spanId: `${traceId}-root`, name, startTimeUs });
  return { traceId, conversation: null, userId: null, tags: [], metadata: {}, observations: [root], ...fields };
}

const SERIES_START_MS = 1_767_225_600_000;

/** Three minutes with 10, 20 and 30 spans. */
function fakeSeries(): Series {
  const total = { errors: 0, p50Ms: 12, p90Ms: 80, p95Ms: 120, p99Ms: 900, costUsd: 0, totalTokens: 0 };
  const points = [10, 20, 30].map((spans, index) => {
    return { ...total, startMs: SERIES_START_MS + index * 60_000, spans, errors: spans / 10 };
  });
  return { stepMs: 60_000, points, total: { ...total, spans: 60, errors: 6 }, otherSpans: 0 };
}

describe.skipIf(executablePath === undefined)('the UI in a browser', () => {
  let browser: Browser;
  let context: BrowserContext;
  let api: FakeApi;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    api = await startFakeApi(await ensureBuiltUi());
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: CHROMIUM_FLAGS });
    context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await api?.close();
  });

  beforeEach(async () => {
    api.clear();
    watched = await openWatchedPage(context, api.url);
    page = watched.page;
  });

  afterEach(async () => {
    await page.evaluate(() => localStorage.clear());
    await page.close();
    expect(watched.faults).toEqual([]);
  });

  const open = (path: string) => page.goto(`${api.url}${path}`);
  const names = () => page.locator('.row-link').allTextContents();
  const live = () => page.locator('.live-control');
  const untilLive = () => live().getByText('Live', { exact: true }).waitFor();
  const row = (traceId: string) => page.locator(`[data-trace-id="${traceId}"]`);

  describe('trace list', () => {
    test('shows what is there, and a new trace appears at the top by itself', async () => {
      api.put(simpleTrace('a', NOW_US() - 5e6, {}, 'first'));
      await open('/');
      await untilLive();
      expect(await names()).toEqual(['first']);
      api.put(simpleTrace('b', NOW_US(), { conversation: 'c-9' }, 'second'));
      await row('b').waitFor();
      expect(await names()).toEqual(['second', 'first']);
      expect(await row('b').textContent()).toContain('c-9');
    });

    test('a running trace says so and becomes a finished one in its place', async () => {
      api.put(agentTrace('run', NOW_US() - 9e6, true));
      api.put(simpleTrace('later', NOW_US()));
      await open('/');
      await untilLive();
      await page.locator('[data-trace-id="run"][data-running] .pulse').waitFor();
      api.put(agentTrace('run', NOW_US() - 9e6, false));
      await page.locator('[data-trace-id="run"]:not([data-running])').waitFor();
      expect(await row('run').locator('.col-latency').textContent()).toBe('6.40 s');
      expect(await names()).toEqual(['simple', 'lesson.planner']);
    });

    test('a filter chosen from the menu is in the URL, survives a reload, and the way back undoes it', async () => {
      api.put(simpleTrace('a', NOW_US(), { metadata: { bot_id: 'bot-1' } }, 'kept'));
      api.put(simpleTrace('b', NOW_US() - 1e6, { metadata: { bot_id: 'bot-2' } }, 'gone'));
      await open('/');
      await row('b').waitFor();
      await page.keyboard.press('f');
      await page.keyboard.type('meta');
      await page.keyboard.press('Enter');
      await page.getByRole('option', { name: /bot_id/ }).click();
      await page.keyboard.type('bot-1');
      await page.keyboard.press('Enter');
      await row('b').waitFor({ state: 'detached' });
      expect(new URL(page.url()).searchParams.getAll('metadata')).toEqual(['bot_id:bot-1']);
      await page.reload();
      await row('a').waitFor();
      expect(await names()).toEqual(['kept']);
      expect(await page.locator('.chip').textContent()).toContain('bot-1');
      await page.goBack();
      await row('b').waitFor();
      expect(await page.locator('.chip').count()).toBe(0);
    });

    test('a press on a value filters by it, live events included, and Clear shows all again', async () => {
      api.put(simpleTrace('a', NOW_US(), { conversation: 'c-1', userId: 'u-1' }));
      api.put(simpleTrace('b', NOW_US() - 1e6, { conversation: 'c-2' }));
      await open('/');
      await page.getByRole('button', { name: 'c-1' }).click();
      await row('b').waitFor({ state: 'detached' });
      expect(new URL(page.url()).searchParams.get('conversation')).toBe('c-1');
      await untilLive();
      api.put(simpleTrace('other', NOW_US(), { conversation: 'c-2' }));
      api.put(simpleTrace('mine', NOW_US(), { conversation: 'c-1' }));
      await row('mine').waitFor();
      expect(await row('other').count()).toBe(0);
      await page.getByRole('button', { name: 'Clear' }).click();
      await row('other').waitFor();
    });

    test('volume and latency stand above the list, and a point narrows it, also without a pointer', async () => {
      api.put(simpleTrace('a', NOW_US()));
      api.setSeries(fakeSeries());
      await open('/?service=robot&user=u-1');
      const volume = page.getByRole('slider', { name: /^Volume/ });
      await volume.waitFor();
      expect(await volume.getAttribute('aria-valuetext')).toBe('all: 60 spans · 6 errors (10.0 %)');
      expect(await page.locator('.series-note').textContent()).toBe('Ended observations · not narrowed by user');
      expect(api.requests.find((path) => path.startsWith('/api/v1/series'))).toBe('/api/v1/series?service=robot');
      await volume.focus();
      for (const key of ['End', 'ArrowLeft']) await page.keyboard.press(key);
      expect(await volume.getAttribute('aria-valuetext')).toContain('20 spans · 2 errors (10.0 %)');
      await page.keyboard.press('Enter');
      await page.waitForURL(/toUs=/);
      const { searchParams } = new URL(page.url());
      expect(searchParams.get('fromUs')).toBe(String((SERIES_START_MS + 60_000) * 1000));
      expect(searchParams.get('toUs')).toBe(String((SERIES_START_MS + 120_000) * 1000 - 1));
      expect(searchParams.get('service')).toBe('robot');
    });

    test('a typed text is searched for after a pause and stands in the URL', async () => {
      api.put(simpleTrace('a', NOW_US(), {}, 'về động vật'));
      api.put(simpleTrace('b', NOW_US(), {}, 'other'));
      await open('/?range=1h');
      await row('b').waitFor();
      await page.keyboard.press('/');
      await page.keyboard.type('động vật');
      await row('b').waitFor({ state: 'detached' });
      const search = new URL(page.url()).searchParams;
      expect([search.get('text'), search.get('range')]).toEqual(['động vật', '1h']);
      expect(await names()).toEqual(['về động vật']);
    });

    test('paused, it holds what is new behind a button that tells how many', async () => {
      api.put(simpleTrace('a', NOW_US() - 5e6));
      await open('/');
      await untilLive();
      await page.keyboard.press('p');
      api.put(simpleTrace('b', NOW_US()));
      api.put(simpleTrace('c', NOW_US()));
      const button = page.getByRole('button', { name: '2 new traces' });
      await button.waitFor();
      expect(await row('b').count()).toBe(0);
      await button.click();
      await row('b').waitFor();
      expect(await page.locator('.row-link').count()).toBe(3);
    });

    test('scrolled down, it holds what is new and lets it in at the top; older pages follow the scroll', async () => {
      const startUs = NOW_US() - 1e9;
      for (let index = 0; index < 250; index += 1) api.putSilently(simpleTrace(`t${index}`, startUs - index * 1e6));
      await open('/');
      await untilLive();
      const scroller = page.locator('.trace-table');
      await scroller.evaluate((element) => element.scrollTo(0, 600));
      await live().getByText('Live, held').waitFor();
      api.put(simpleTrace('fresh', NOW_US()));
      await page.getByRole('button', { name: '1 new trace' }).waitFor();
      await expect
        .poll(
          async () => {
            await scroller.evaluate((element) => element.scrollTo(0, element.scrollHeight));
            return row('t249').count();
          },
          { timeout: 10_000 },
        )
        .toBe(1);
      expect(api.requests.filter((request) => request.includes('cursor=')).length).toBe(2);
      await scroller.evaluate((element) => element.scrollTo(0, 0));
      await row('fresh').waitFor();
    });

    test('a broken stream is shown and comes back, and nothing that happened meanwhile is missed', async () => {
      api.put(simpleTrace('a', NOW_US() - 5e6));
      await open('/');
      await untilLive();
      api.breakStreams(true);
      await live()
        .getByText(/reconnecting/)
        .waitFor();
      api.putSilently(simpleTrace('missed', NOW_US()));
      api.breakStreams(false);
      await row('missed').waitFor();
      await untilLive();
    });

    test('an empty store says what to do, with this address, and the first trace takes its place', async () => {
      await open('/');
      const snippet = page.locator('.snippet pre').first();
      await snippet.waitFor();
      expect(await snippet.textContent()).toContain(`url: '${api.url}'`);
      await untilLive();
      api.put(simpleTrace('a', NOW_US(), {}, 'the first'));
      await row('a').waitFor();
      expect(await page.locator('.snippet').count()).toBe(0);
    });

    test('where nothing matches it offers to clear the filters', async () => {
      api.put(simpleTrace('a', NOW_US()));
      await open('/?user=nobody&level=ERROR');
      await page.getByRole('button', { name: 'Clear filters' }).click();
      await row('a').waitFor();
      expect(new URL(page.url()).search).toBe('');
    });

    test('the keyboard walks the rows and opens one; u leads back to the same search', async () => {
      api.put(simpleTrace('a', NOW_US(), { userId: 'u' }, 'newest'));
      api.put(simpleTrace('b', NOW_US() - 1e6, { userId: 'u' }, 'older'));
      await open('/?user=u');
      await row('b').waitFor();
      for (const key of ['j', 'j', 'Enter']) await page.keyboard.press(key);
      await page.getByRole('heading', { name: 'older' }).first().waitFor();
      expect(new URL(page.url()).pathname).toBe('/traces/b');
      await page.keyboard.press('u');
      await row('a').waitFor();
      expect(new URL(page.url()).search).toBe('?user=u');
    });

    test('the chosen colours are kept', async () => {
      await open('/');
      const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
      await page.getByRole('button', { name: /Colours/ }).waitFor();
      await page.keyboard.press('d');
      await page.keyboard.press('d');
      expect(await theme()).toBe('dark');
      await page.reload();
      await page.getByRole('button', { name: /Colours: dark/ }).waitFor();
      expect(await theme()).toBe('dark');
    });
  });

  describe('trace page', () => {
    const treeNames = () => page.locator('.tree-name').allTextContents();
    const item = (spanId: string) => page.locator(`[id="row-${spanId}"]`);
    const detail = () => page.locator('.detail');

    test('shows the tree; selecting shows input and output and is kept in the URL', async () => {
      const trace = lessonTrace(3, NOW_US() - 9e6);
      const reply = trace.observations.find((observation) => observation.name === 'reply.llm');
      api.put(trace);
      await open(`/traces/${trace.traceId}`);
      await item(trace.observations[0]?.spanId ?? '').waitFor();
      expect(await treeNames()).toEqual(trace.observations.map((observation) => observation.name));
      await detail().getByText('next_action').first().waitFor();
      await item(reply?.spanId ?? '').click();
      await detail().getByText('You are a patient teacher').waitFor();
      await detail().getByText('openai/gpt-4.1').waitFor();
      await detail().getByText('cost computed').waitFor();
      expect(new URL(page.url()).searchParams.get('span')).toBe(reply?.spanId);
      await page.reload();
      await detail().getByText('You are a patient teacher').waitFor();
      await detail().getByRole('button', { name: 'JSON' }).first().click();
      await detail().locator('.json-key', { hasText: 'role' }).first().waitFor();
    });

    test('shows how an observation and its trace were judged, and what comes later', async () => {
      const trace = lessonTrace(4, NOW_US() - 9e6);
      const [root, other] = trace.observations;
      const score = { scoreId: 's1', spanId: root?.spanId ?? '', name: 'correctness', dataType: 'NUMERIC' } as const;
      const rest = { value: 0.75, text: null, comment: 'missed one word', metadata: {}, timeUs: NOW_US() };
      api.put({ ...trace, scores: [{ ...score, ...rest }] });
      await open(`/traces/${trace.traceId}`);
      await detail().getByRole('row', { name: 'correctness 0.75 missed one word' }).waitFor();
      const thumb = { scoreId: 's2', spanId: '', name: 'thumb', dataType: 'BOOLEAN', value: 1 } as const;
      api.put({
        ...trace,
        scores: [
          { ...score, ...rest },
          { ...rest, ...thumb, comment: null },
        ],
      });
      await detail().getByRole('region', { name: 'Scores of the trace' }).getByText('yes').waitFor();
      await item(other?.spanId ?? '').click();
      await detail()
        .getByRole('row', { name: /correctness/ })
        .waitFor({ state: 'detached' });
    });

    test('running spans turn into finished ones by themselves', async () => {
      const startUs = NOW_US() - 8e6;
      api.put(agentTrace('run', startUs, true));
      await open('/traces/run');
      await item('aa').getByText('running').waitFor();
      await detail().getByText('Still running').waitFor();
      await expect.poll(() => api.liveConnections).toBe(1);
      api.put(agentTrace('run', startUs, false));
      await item('aa').getByText('1.16 s').waitFor();
      await page.locator('.running-text, .running-tag').first().waitFor({ state: 'detached' });
    });

    test('the keyboard moves, collapses and finds', async () => {
      api.put(agentTrace('done', NOW_US() - 60e6, false));
      await open('/traces/done');
      await item('a0').waitFor();
      await page.keyboard.press('j');
      await page.locator('[id="row-a1"][aria-selected="true"]').waitFor();
      await page.keyboard.press('ArrowLeft');
      await item('a2').waitFor({ state: 'detached' });
      expect(await item('a1').getAttribute('aria-expanded')).toBe('false');
      await page.keyboard.press('ArrowRight');
      await item('a2').waitFor();
      await page.keyboard.press('/');
      await page.keyboard.type('plan.');
      await item('a3').waitFor({ state: 'detached' });
      expect(await treeNames()).toEqual(['lesson.planner', 'plan.llm', 'plan.safety', 'plan.score']);
      await page.keyboard.press('Escape');
      await item('a3').waitFor();
      expect(await item('ab').textContent()).toContain('no parent');
    });

    test('a text that was cut for transport is loaded whole on request', async () => {
      const text = `${'x'.repeat(250_000)}THE END`;
      const trace = simpleTrace('big', NOW_US());
      const root = trace.observations[0];
      if (root === undefined) throw new Error('no root');
      api.put({ ...trace, observations: [{ ...root, input: wholeText(text) }] });
      await open('/traces/big');
      await detail().getByText('200k chars of 250k chars are loaded').waitFor();
      await detail().getByRole('button', { name: 'Load all' }).click();
      await detail().getByText('are loaded').waitFor({ state: 'detached' });
      expect(api.requests.some((request) => request.endsWith('?full=1'))).toBe(true);
    });

    test('a trace that is not there yet is shown once it arrives', async () => {
      await open('/traces/late');
      await page.getByText('not in the store').waitFor();
      api.putSilently(simpleTrace('late', NOW_US()));
      await item('late-root').waitFor();
    });

    test('of 50,000 spans only those in view are in the page, and the last can be reached', async () => {
      const startUs = NOW_US() - 100e6;
      const observations = Array.from({ length: 50_000 }, (_, index) =>
        fakeObservation('huge', {
          spanId: `s${index}`,
          parentSpanId: index === 0 ? '' : `s${Math.floor((index - 1) / 3)}`,
          name: `step ${index}`,
          startTimeUs: startUs + index * 1_000,
        }),
      );
      api.putSilently({ ...simpleTrace('huge', startUs), observations });
      await open('/traces/huge');
      await item('s0').waitFor();
      expect(await page.locator('.tree-row').count()).toBeLessThan(150);
      await page.keyboard.press('End');
      await page.locator('.tree-row[aria-selected="true"]').waitFor();
      expect(await page.locator('.tree-row').count()).toBeLessThan(150);
      expect(await page.locator('.tree-row').last().getAttribute('aria-selected')).toBe('true');
    });
  });

  describe('text from traces', () => {
    const ATTACK =
      '<img src="http://attacker.example/x.png" onerror="document.title=\'owned\'"><script>alert(1)</script>';

    test('is never markup, and no request leaves for another origin', async () => {
      const hostile = simpleTrace(
        'evil',
        NOW_US(),
        {
          conversation: ATTACK,
          userId: ATTACK,
          tags: [ATTACK],
          metadata: { [ATTACK]: ATTACK, link: 'https://attacker.example/' },
        },
        ATTACK,
      );
      const root = hostile.observations[0];
      if (root === undefined) throw new Error('no root');
      const chat = [
        { role: 'user', content: [{ type: 'image_url', image_url: { url: 'http://attacker.example/y.png' } }, ATTACK] },
        { role: ATTACK.slice(0, 30), name: ATTACK, content: ATTACK },
      ];
      api.put({
        ...hostile,
        observations: [
          {
            ...root,
            input: wholeText(chat),
            output: wholeText({ [ATTACK]: [ATTACK] }),
            metadata: { [ATTACK]: ATTACK },
            statusMessage: ATTACK,
            model: ATTACK,
            service: ATTACK,
            scopeName: ATTACK,
            usageDetails: { [ATTACK]: 5 },
          },
        ],
      });
      await open('/');
      await row('evil').waitFor();
      expect(await names()).toEqual([ATTACK]);
      await page.keyboard.press('f');
      await page.keyboard.type('name');
      await page.keyboard.press('Enter');
      await page.getByRole('option').first().waitFor();
      await page.keyboard.press('Escape');
      await page.locator('.row-link').click();
      await page.locator('.chat .message').first().waitFor();
      await page.locator('.json-key').first().waitFor();
      expect(await page.locator('.tree-name').textContent()).toBe(ATTACK);
      expect(await page.locator('img, iframe, script:not([src]), a:not([href^="/"])').count()).toBe(0);
      expect(await page.title()).toContain('<img');
      expect(watched.faults).toEqual([]);
    });

    test('cannot turn the writing around it', async () => {
      api.put(simpleTrace('bidi', NOW_US(), {}, 'invoice\u202Efdp.exe\u0007'));
      await open('/');
      await row('bidi').waitFor();
      expect(await names()).toEqual(['invoice\\u202efdp.exe␇']);
    });
  });
});
