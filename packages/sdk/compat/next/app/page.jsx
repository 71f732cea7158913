import { observe } from '@slipstream/sdk';

const load = observe(async () => 'hello', { name: 'page.load' });

export const dynamic = 'force-dynamic';

// biome-ignore lint/style/noDefaultExport: what Next.js reads.
export default async function Page() {
  return <p>{await load()}</p>;
}
