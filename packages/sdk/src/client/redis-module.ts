import { builtin } from '../runtime.js';

/**
 * Where `ioredis` is, if the address is a Redis. Looked up here, because code that a worker gets as text has no place
 * of its own to look from; from the application's script and working folder, because it is the application that
 * installs it.
 *
 * @throws TypeError where it is not installed.
 */
export function findRedisModule(url: string): string | undefined {
  if (!/^rediss?:/i.test(url)) return undefined;
  const resolvers = [() => process.argv[1], () => `${process.cwd()}/`];
  for (const place of resolvers) {
    const path = resolveFrom(place);
    if (path !== undefined) return path;
  }
  throw new TypeError("a redis:// address needs the package 'ioredis', which is not installed: npm i ioredis");
}

function resolveFrom(place: () => string | undefined): string | undefined {
  try {
    const from = place();
    return from === undefined ? undefined : builtin('node:module')?.createRequire(from).resolve('ioredis');
  } catch {
    // Not installed there, or there is no such place any more.
    return undefined;
  }
}
