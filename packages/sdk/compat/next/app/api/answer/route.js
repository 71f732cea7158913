import { getClient, observe } from '@slipstream/sdk';

const think = observe(async (question) => `${question} 42`, { name: 'think' });

export const dynamic = 'force-dynamic';

export const GET = observe(
  async (request) => {
    const answer = await think(new URL(request.url).searchParams.get('q'));
    return Response.json({ answer, isTracing: getClient().enabled, pid: process.pid });
  },
  { name: 'route.answer', captureInput: false, captureOutput: false },
);
