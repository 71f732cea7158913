// `npm run screenshots`: pictures of the list page and of a trace page, of real traffic, for the README.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CHROMIUM_FLAGS, findChromium } from './process/chromium.mjs';
import { startCollector, startDemo } from './process/services.mjs';
import { build } from './setup/build.mjs';
import { install } from './setup/install.mjs';
import { requireNode } from './setup/node-version.mjs';
import { createSteps } from './testing/steps.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const folder = path.join(root, 'docs', 'images');

const VIEWPORT = { width: 1440, height: 900 };
const DEMO_SPEED = '5';
/** More than the list page shows at once. */
const WANTED_TRACES = 60;
const TRAFFIC_TIMEOUT_MS = 120_000;
const POLL_MS = 500;

async function main() {
  requireNode(root);
  const steps = createSteps(process.stdout);
  const ready = (await steps.run('install', () => install(root))) && (await steps.run('build', () => build(root, {})));
  const chromium = findChromium();
  if (chromium === undefined) console.error('There is no Chromium: install one, or name it in SLIPSTREAM_CHROMIUM.');
  if (!ready || chromium === undefined) return 1;
  mkdirSync(folder, { recursive: true });
  return withTraffic(async (url) => {
    const trace = await waitForTrace(url);
    await takePictures(chromium, url, trace);
  });
}

/** Runs `work` beside a collector with a demo, both on free ports and in a folder that is removed afterwards. */
async function withTraffic(work) {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'slipstream-screenshots-'));
  const running = [];
  try {
    const collector = startCollector(root, ['--port', '0', '--data-dir', dataDir], () => undefined);
    running.push(collector);
    const url = await Promise.race([collector.ready, collector.ended.then(() => undefined)]);
    if (url === undefined) return 1;
    const demo = startDemo(root, { url, speed: DEMO_SPEED, onLine: () => undefined });
    running.push(demo.service);
    await demo.started;
    await work(url);
    return 0;
  } finally {
    for (const service of running.reverse()) await service.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** A trace with a generation whose cost is known, once the list is full. */
async function waitForTrace(url) {
  const deadlineMs = performance.now() + TRAFFIC_TIMEOUT_MS;
  while (performance.now() < deadlineMs) {
    const { traces } = await getJson(`${url}/api/v1/traces?limit=200`);
    const candidates = traces.filter((trace) => !trace.running && trace.costUsd > 0 && trace.errorCount === 0);
    const richest = candidates.sort((a, b) => b.observationCount - a.observationCount)[0];
    if (traces.length >= WANTED_TRACES && richest !== undefined) return findGeneration(url, richest.traceId);
    await delay(POLL_MS);
  }
  throw new Error(`fewer than ${WANTED_TRACES} traces, or none with a cost, within ${TRAFFIC_TIMEOUT_MS / 1000} s`);
}

async function findGeneration(url, traceId) {
  const { observations } = await getJson(`${url}/api/v1/traces/${traceId}`);
  const generations = observations.filter(({ type }) => type === 'generation');
  const dearest = generations.sort((a, b) => (b.costUsd ?? 0) - (a.costUsd ?? 0))[0];
  if (dearest === undefined) throw new Error(`trace ${traceId} has a cost and no generation`);
  return { traceId, spanId: dearest.spanId, name: dearest.name, model: dearest.model };
}

async function getJson(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} answers ${response.status}: ${await response.text()}`);
  return response.json();
}

async function takePictures(executablePath, url, trace) {
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
  try {
    const page = await browser.newPage({ viewport: VIEWPORT, colorScheme: 'light' });

    await page.goto(url);
    // Rows of real traces, enough to fill the page, before the picture is taken.
    await page.locator('.row-link').nth(20).waitFor();
    await save(page, 'traces.png');

    await page.goto(`${url}/traces/${trace.traceId}?span=${trace.spanId}`);
    await page.locator(`[id="row-${trace.spanId}"][aria-selected="true"]`).waitFor();
    await page.getByRole('heading', { name: trace.name }).first().waitFor();
    await page.locator('.detail').getByText(trace.model).first().waitFor();
    await page.locator('.detail .chat, .detail pre, .detail .json-key').first().waitFor();
    await save(page, 'trace.png');
  } finally {
    await browser.close();
  }
}

async function save(page, name) {
  const file = path.join(folder, name);
  await page.screenshot({ path: file, animations: 'disabled' });
  console.log(`${path.relative(root, file)}`);
}

process.exitCode = await main();
