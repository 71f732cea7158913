import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ARMS } from '../arms/registry.js';
import { ensurePeers, installedVersion, missingPeers } from './installation.js';

const PEERS = fileURLToPath(new URL('../../peers/', import.meta.url));

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lab-peers-'));
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ dependencies: { '@a/b': '1.2.3', c: '2.0.0' } }));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function pretendInstalled(name: string, version: string): void {
  const folder = join(directory, 'node_modules', ...name.split('/'));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version }));
}

test('a package that is absent or in another version is missing', () => {
  pretendInstalled('c', '2.0.1');
  expect(missingPeers(directory)).toEqual(['@a/b@1.2.3', 'c@2.0.0']);
  expect(installedVersion(directory, 'c')).toBe('2.0.1');
  expect(installedVersion(directory, '@a/b')).toBeUndefined();
});

test('nothing is said or done when all are there', async () => {
  pretendInstalled('@a/b', '1.2.3');
  pretendInstalled('c', '2.0.0');
  const said: string[] = [];
  await ensurePeers(directory, (line) => said.push(line));
  expect(said).toEqual([]);
});

test('the lock file pins what package.json names, by integrity and without the address of a registry', () => {
  const pinned = JSON.parse(readFileSync(join(PEERS, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const lock = JSON.parse(readFileSync(join(PEERS, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version?: string; integrity?: string; resolved?: string; os?: string[] }>;
  };
  for (const [name, version] of Object.entries(pinned.dependencies)) {
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(lock.packages[`node_modules/${name}`]?.version).toBe(version);
  }
  const locked = Object.entries(lock.packages).filter(([path]) => path !== '');
  expect(locked.filter(([, entry]) => entry.resolved !== undefined)).toEqual([]);
  // What npm leaves out on this system and `scripts/complete-lock.mjs` adds has no integrity: packages of one system.
  expect(locked.filter(([, entry]) => entry.integrity === undefined && entry.os === undefined)).toEqual([]);
});

test('every package that an arm names is pinned', () => {
  const pinned = JSON.parse(readFileSync(join(PEERS, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  for (const name of ARMS.flatMap((arm) => arm.packages)) expect(pinned.dependencies).toHaveProperty([name]);
});
