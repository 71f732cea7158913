import path from 'node:path';
import { chromium } from 'playwright-core';
import { test } from 'vitest';
import { CHROMIUM_FLAGS, findChromium } from './support/chromium.js';
import { startFakeApi } from './support/fake-api.js';
import { fakeObservation, seededRandom } from './support/fake-data.js';

test('perf', async () => {
  const api = await startFakeApi(path.resolve('packages/web/dist'));
  const now = Date.now() * 1000;
  const r = seededRandom(1);
  const types = ['span', 'generation', 'tool', 'retriever', 'agent', 'event'] as const;
  const obs = Array.from({ length: 50_000 }, (_, i) =>
    fakeObservation('big', {
      spanId: `s${i}`,
      parentSpanId: i === 0 ? '' : `s${Math.floor(i === 0 ? 0 : r() * Math.min(i, 400)) + Math.max(0, i - 400) * 0}`,
      name: `step ${i}`,
      type: types[i % 6]!,
      startTimeUs: now - 60e6 + i * 1000,
      endTimeUs: now - 60e6 + i * 1000 + Math.floor(r() * 900_000),
    }),
  );
  api.putSilently({ traceId: 'big', conversation: null, userId: null, tags: [], metadata: {}, observations: obs });
  const browser = await chromium.launch({ executablePath: findChromium()!, args: CHROMIUM_FLAGS });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`${api.url}/`);
  await page.waitForSelector('.row-link');
  await page.evaluate(() => {
    (window as any).long = [];
    new PerformanceObserver((l) => {
      for (const e of l.getEntries()) (window as any).long.push(Math.round(e.duration));
    }).observe({ type: 'longtask', buffered: true });
  });
  const t = await page.evaluate(async () => {
    const t0 = performance.now();
    (document.querySelector('.row-link') as HTMLElement).click();
    while (!document.querySelector('.tree-row')) await new Promise((r) => requestAnimationFrame(r));
    const total = performance.now() - t0;
    const e = performance
      .getEntriesByType('resource')
      .filter((x) => x.name.includes('/traces/big'))
      .at(-1) as PerformanceResourceTiming;
    return { total, fetchMs: e.duration, responseEnd: e.responseEnd - t0 };
  });
  console.log('open', JSON.stringify(t));
  await page.waitForTimeout(500);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const cpu = async () => {
    const m = Object.fromEntries((await cdp.send('Performance.getMetrics')).metrics.map((x) => [x.name, x.value]));
    return [m.TaskDuration!, m.ScriptDuration!, m.LayoutDuration!, m.RecalcStyleDuration!];
  };
  for (const step of [20, 60, 300, 2500]) {
    const c0 = await cpu();
    const frames = await page.evaluate(async (step) => {
      const s = document.querySelector('.tree-scroll') as HTMLElement;
      const d: number[] = [];
      let last = performance.now();
      for (let i = 0; i < 120; i++) {
        s.scrollTop += step;
        await new Promise((r) => requestAnimationFrame(r));
        const n = performance.now();
        d.push(n - last);
        last = n;
      }
      d.sort((a, b) => a - b);
      return { step, p50: d[60], p95: d[114], max: d[119] };
    }, step);
    const c1 = await cpu();
    console.log(
      'scroll',
      JSON.stringify(frames),
      'cpu ms/frame task,script,layout,style',
      c1.map((v, i) => (((v - c0[i]!) * 1000) / 120).toFixed(2)).join(' '),
    );
  }
  const key = await page.evaluate(async () => {
    const d: number[] = [];
    for (let i = 0; i < 30; i++) {
      const t0 = performance.now();
      window.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true }));
      const before = document.querySelector('[aria-selected=true]')?.id;
      while (document.querySelector('[aria-selected=true]')?.id === before)
        await new Promise((r) => requestAnimationFrame(r));
      d.push(performance.now() - t0);
    }
    d.sort((a, b) => a - b);
    return { p50: d[15], max: d[29] };
  });
  console.log('key', JSON.stringify(key));
  await page.keyboard.press('[');
  await page.waitForTimeout(300);
  const f0 = Date.now();
  await page.keyboard.press(']');
  await page.keyboard.press('/');
  await page.keyboard.type('4999');
  await page.waitForFunction(() => document.querySelector('.search-count')?.textContent?.includes('of'));
  console.log('filter', Date.now() - f0);
  console.log('long', JSON.stringify(await page.evaluate(() => (window as any).long)));
  await page.screenshot({ path: '/tmp/w/shots/big.png' });
  await browser.close();
  await api.close();
}, 60_000);
