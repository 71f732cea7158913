// Next.js calls this once, when the server starts.
export async function register() {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { configure } = await import('@slipstream/sdk');
  configure({ service: 'next' });
}
