import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares digests, so that neither the place of the first difference nor the length shows in the time taken. */
export function constantTimeMatch(secret: string): (candidate: string) => boolean {
  const expected = createHash('sha256').update(secret).digest();
  return (candidate) => timingSafeEqual(createHash('sha256').update(candidate).digest(), expected);
}

/** Whether an `Authorization` header (or gRPC metadata of that name) shows the token, as Bearer or as Basic. */
export function showsToken(authorization: string | undefined, isToken: (candidate: string) => boolean): boolean {
  const [scheme = '', credentials = ''] = (authorization ?? '').trim().split(/\s+/, 2);
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return isToken(credentials);
    case 'basic': {
      // Langfuse's clients send `public key:secret key`; only the second part is secret.
      const pair = Buffer.from(credentials, 'base64').toString('utf8');
      return isToken(pair.slice(pair.indexOf(':') + 1));
    }
    default:
      return false;
  }
}
