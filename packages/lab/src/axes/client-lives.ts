import type { Leaf } from './leaf.js';

/** Axis F: how long the library's client lives. */
export const CLIENT_LIVES = [
  {
    id: 'F.none',
    title: 'no client',
    explanation: 'Nothing of a library is in the process: nothing to import, to set up, to keep alive or to end.',
  },
  {
    id: 'F.one',
    title: 'one, made at the start',
    explanation:
      'One client for the process, made before the first request. Import and set-up are paid once and by nobody who waits.',
  },
  {
    id: 'F.lazy',
    title: 'lazy',
    explanation:
      'The client is made by the first call that wants to trace: the first request pays for import, set-up and first call together. It is one of the mistakes in examples/mistakes.',
  },
  {
    id: 'F.one-a-call',
    title: 'one a call',
    explanation:
      'A client for each call or each request. Set-up is paid every time, and each client leaves its timers, sockets and, where there are any, threads behind. No library documents it as a way to work; it is one of the mistakes in examples/mistakes. (With equal settings, configure() gives back the client that is there: in Slipstream this way ends on the leaf of one client.)',
  },
  {
    id: 'F.flush-a-request',
    title: 'flush a request',
    explanation:
      'Each request waits until its spans have been sent. The request pays a round trip to the backend and what the library serialises; a backend that hangs is a request that hangs. It is one of the mistakes in examples/mistakes, where a sink on the same machine flatters it.',
  },
  {
    id: 'F.short-lived',
    title: 'short-lived process',
    explanation:
      'A script, a job or a function that ends soon after its last span. What a library holds back for a batch is lost, unless the process waits for it, by an explicit flush or by itself.',
  },
] as const satisfies readonly Leaf[];
