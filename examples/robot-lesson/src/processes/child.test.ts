import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { startChild } from './child.js';
import { ProcessGroup } from './process-group.js';

const folder = mkdtempSync(join(tmpdir(), 'robot-lesson-child-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A module with this source. */
function moduleOf(name: string, source: string): URL {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, source);
  return pathToFileURL(path);
}

const READY = `process.send({ type: 'other' }); process.send({ type: 'ready', url: process.argv[2] ?? 'url' });`;
const OBEDIENT = moduleOf('obedient', `${READY} process.on('message', (m) => m.type === 'stop' && process.exit(7));`);
const DEAF = moduleOf('deaf', `${READY} setInterval(() => {}, 1000); process.on('SIGTERM', () => {});`);
const BROKEN = moduleOf('broken', 'process.exit(3);');
const ENVIRONMENT = moduleOf(
  'environment',
  `process.send({ type: 'ready', url: process.env.LESSON_TEST + process.env.PATH.length }); setInterval(() => {}, 1000);`,
);

describe('startChild', () => {
  it('tells when a child is ready, and stops it by message', async () => {
    const child = startChild({ name: 'test', module: OBEDIENT, arguments: ['http://x'] });
    expect(await child.ready).toBe('http://x');
    expect(await child.stop()).toEqual({ code: 7, signal: null });
    expect(await child.stop()).toEqual({ code: 7, signal: null });
  });

  it('ends a child that does not listen the hard way', async () => {
    const child = startChild({ name: 'test', module: DEAF, stopTimeoutMs: 50 });
    await child.ready;
    expect((await child.stop()).signal).toBe('SIGKILL');
  });

  it('says which child ended before it was ready', async () => {
    const child = startChild({ name: 'the broken one', module: BROKEN });
    await expect(child.ready).rejects.toMatchObject({
      code: 'CHILD_FAILED',
      message: 'the broken one ended before it was ready (exit code 3)',
    });
  });

  it('adds to the environment and keeps the rest', async () => {
    const child = startChild({
      name: 'test',
      module: ENVIRONMENT,
      environment: { LESSON_TEST: 'x' },
      stopTimeoutMs: 50,
    });
    expect(await child.ready).toMatch(/^x\d+$/);
    await child.stop();
  });
});

describe('ProcessGroup', () => {
  it('stops its children one after the other, the last one first', async () => {
    const ended: string[] = [];
    const group = new ProcessGroup();
    for (const name of ['first', 'second', 'third']) {
      const child = group.add(startChild({ name, module: OBEDIENT }));
      void child.exited.then(() => ended.push(name));
      await child.ready;
    }
    expect(group.isStopping).toBe(false);
    await Promise.all([group.stop(), group.stop()]);
    expect(group.isStopping).toBe(true);
    expect(ended).toEqual(['third', 'second', 'first']);
  });

  it('stops a child that joins while it stops, and waits for it', async () => {
    const group = new ProcessGroup();
    const first = group.add(startChild({ name: 'first', module: DEAF, stopTimeoutMs: 100 }));
    await first.ready;
    const stopped = group.stop();
    const late = group.add(startChild({ name: 'late', module: DEAF, stopTimeoutMs: 50 }));
    await stopped;
    expect((await late.exited).signal).toBe('SIGKILL');
  });
});
