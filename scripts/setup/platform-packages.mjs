/**
 * Packages with native code publish one package a platform and name them all as optional dependencies. npm writes only
 * those into package-lock.json that the registry at hand offers, and then `npm ci` refuses the lock file on machines
 * whose registry offers more. These functions find and fill such gaps.
 */

const OPERATING_SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const PROCESSORS = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64', 'wasm32'];

/**
 * The optional dependencies that a lock file mentions and has no entry for.
 *
 * @param {any} lock parsed package-lock.json
 * @returns {{ location: string, entry: object }[]} what to add to its `packages`
 */
export function findMissingPlatformPackages(lock) {
  const missing = new Map();
  for (const owner of Object.values(lock.packages)) {
    for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
      const location = `node_modules/${name}`;
      const platform = platformOf(name);
      if (lock.packages[location] !== undefined || !/^\d/.test(version) || platform === undefined) continue;
      missing.set(location, { location, entry: makeEntry(version, owner, platform) });
    }
  }
  return [...missing.values()];
}

/**
 * Like what npm writes, without the integrity hash, which only a registry that has the package can tell: the version
 * is exact, and npm takes the hash that its registry gives.
 */
function makeEntry(version, owner, { os, cpu, libc }) {
  return {
    version,
    cpu: [cpu],
    ...(owner.dev ? { dev: true } : {}),
    ...(libc === undefined ? {} : { libc: [libc] }),
    ...(owner.license === undefined ? {} : { license: owner.license }),
    optional: true,
    ...(os === undefined ? {} : { os: [os] }),
    ...(owner.engines === undefined ? {} : { engines: owner.engines }),
  };
}

/** What the name of a package says: `binding-linux-x64-musl`. `undefined` where it names no processor. */
function platformOf(name) {
  const words = name.split('/').at(-1).split('-');
  const cpu = words.find((word) => PROCESSORS.includes(word));
  if (cpu === undefined) return undefined;
  const os = words.find((word) => OPERATING_SYSTEMS.includes(word));
  const libc = words.some((word) => word.startsWith('musl')) ? 'musl' : 'glibc';
  return { os, cpu, libc: os === 'linux' ? libc : undefined };
}
