import { processBooksSchema } from '@slipstream/query-api';
import { BOOKS_PATH } from '@slipstream/wire';
import type { FastifyInstance } from 'fastify';
import { sendApiError } from '../../http/api-error.js';
import { readInput } from '../../http/read-input.js';
import type { BookKeeper } from './process-books.js';

/** A report has a dozen numbers and a few drop reasons. */
const MAX_BOOKS_BYTES = 64 * 1024;

/** Takes the books of SDK processes: `POST` of a `ProcessBooks` as JSON. Answers 204, or 400 with what is wrong. */
export async function booksReceiver(app: FastifyInstance, settings: { readonly books: BookKeeper }): Promise<void> {
  app.post(BOOKS_PATH, { bodyLimit: MAX_BOOKS_BYTES }, async (request, reply) => {
    const read = readInput(processBooksSchema, request.body);
    if (read.kind === 'wrong') return sendApiError(reply, 400, 'invalid_books', read.message);
    settings.books.report(read.value);
    return reply.code(204).send();
  });
}
