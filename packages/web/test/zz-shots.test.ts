import path from 'node:path';
import { chromium } from 'playwright-core';
import { test } from 'vitest';
import { CHROMIUM_FLAGS, findChromium } from './support/chromium.js';
import { startFakeApi } from './support/fake-api.js';
import { agentTrace, lessonTrace } from './support/fake-data.js';

test('shots', async () => {
  const api = await startFakeApi(path.resolve('packages/web/dist'));
  const now = Date.now() * 1000;
  const only = process.env.SHOT ?? '';
  const browser = await chromium.launch({ executablePath: findChromium()!, args: CHROMIUM_FLAGS });
  const errors: string[] = [];
  const shot = async (
    name: string,
    theme: 'light' | 'dark',
    size: [number, number],
    url: string,
    act?: (p: import('playwright-core').Page) => Promise<void>,
  ) => {
    if (only && !name.match(only)) return;
    const page = await browser.newPage({ viewport: { width: size[0], height: size[1] }, colorScheme: theme });
    page.on('console', (m) => {
      if (m.type() !== 'info' && m.type() !== 'log') errors.push(`${name}: ${m.text()}`);
    });
    page.on('pageerror', (e) => errors.push(`${name}: ${e.stack}`));
    await page.goto(`${api.url}${url}`);
    await page.waitForTimeout(600);
    if (act) {
      await act(page);
      await page.waitForTimeout(400);
    }
    await page.screenshot({ path: `/tmp/w/shots/${name}-${theme}-${size[0]}.png` });
    await page.close();
  };
  const L: [number, number] = [1440, 900],
    S: [number, number] = [1024, 700];
  await shot('empty', 'light', L, '/');
  await shot('empty', 'dark', S, '/');
  for (let i = 0; i < 260; i++) api.putSilently(lessonTrace(i, now - i * 7_300_000 - (i > 200 ? 80e9 : 0)));
  api.putSilently(agentTrace('feed0000000000000000000000000001', now - 5_800_000, true));
  api.putSilently(agentTrace('feed0000000000000000000000000002', now - 60_000_000, false));
  const some = lessonTrace(7, now - 7 * 7_300_000);
  const gen = some.observations.find((o) => o.name === 'reply.llm')!;
  for (const theme of ['light', 'dark'] as const)
    for (const size of [L, S]) {
      await shot('list', theme, size, '/');
      await shot('trace', theme, size, `/traces/${some.traceId}?span=${gen.spanId}`);
      await shot('agent', theme, size, '/traces/feed0000000000000000000000000002?span=a6');
      await shot('running', theme, size, '/traces/feed0000000000000000000000000001');
    }
  await shot(
    'filters',
    'light',
    L,
    '/?range=24h&conversation=conv-1004&metadata=bot_id%3Abot-1&level=WARNING',
    async (p) => {
      await p.keyboard.press('f');
    },
  );
  await shot('filters', 'dark', S, '/?range=24h&name=lesson.webhook', async (p) => {
    await p.keyboard.press('f');
    await p.keyboard.type('name');
    await p.keyboard.press('Enter');
  });
  await shot('nomatch', 'light', L, '/?conversation=nope');
  await shot('help', 'dark', L, '/', async (p) => {
    await p.keyboard.press('?');
  });
  await shot('custom', 'light', L, '/', async (p) => {
    await p.click('text=Custom');
  });
  await shot('collapsed', 'light', L, '/traces/feed0000000000000000000000000002?span=a3', async (p) => {
    await p.click('[id=row-a1] .tree-toggle');
  });
  await shot('error', 'light', L, '/traces/feed0000000000000000000000000002?span=a4');
  await shot('zoom', 'dark', L, '/traces/feed0000000000000000000000000002?span=a3', async (p) => { for (const k of ['+', '+']) await p.keyboard.press(k); await p.hover('.tree-row >> nth=3'); });
  await shot('hover', 'light', L, '/?user=learner-101', async (p) => { await p.hover('tbody tr >> nth=2'); await p.keyboard.press('p'); for (let i = 300; i < 304; i++) { const t = lessonTrace(i, now + i * 1000); api.put({ ...t, userId: 'learner-101' }); } await p.waitForTimeout(500); });
  await shot('missing', 'light', S, '/traces/nope');
  console.log(errors.join('\n'));
  await browser.close();
  await api.close();
}, 120_000);
