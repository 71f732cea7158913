// A wrong key: what Langfuse's older JavaScript SDK, version 3, says of it. It has no check of its own.
import { Langfuse } from 'langfuse';

const langfuse = new Langfuse({ fetchRetryCount: 0 });
langfuse.trace({ name: 'refused' });
await langfuse.shutdownAsync();
