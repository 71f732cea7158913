import { fileURLToPath } from 'node:url';

const isExternal = process.env.SDK_EXTERNAL === '1';

// biome-ignore lint/style/noDefaultExport: what Next.js reads.
export default {
  // A folder that is not committed, for each way to build.
  distDir: `dist/${process.env.BUILD_NAME ?? 'next'}`,
  // Where the linked package lies; without links this is not needed.
  turbopack: { root: fileURLToPath(new URL('../../../..', import.meta.url)) },
  ...(isExternal ? { serverExternalPackages: ['@slipstream/sdk'] } : {}),
};
