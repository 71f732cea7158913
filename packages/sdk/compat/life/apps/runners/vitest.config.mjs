// For the runner that a test starts, not for this repository's own.
// biome-ignore lint/style/noDefaultExport: what Vitest reads.
export default { test: { include: ['*.vitest.mjs'] } };
