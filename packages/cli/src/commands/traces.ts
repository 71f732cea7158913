import type { TraceList } from '@slipstream/query-api';
import type { CollectorAddress } from '../collector/request.js';
import { listTraces, MAX_PAGE } from '../collector/traces.js';
import { EXIT_CODE } from '../exit-codes.js';
import type { TracesFlags } from '../program/flags.js';
import { plainJson, plainText } from '../terminal/plain-text.js';
import type { Terminal } from '../terminal/terminal.js';
import { TraceTable } from '../traces/columns.js';

/** A search for a rare text could go back for ever: after this, the user says whether it should. */
const SEARCH_MS = 10_000;

/**
 * Lists traces, the newest first.
 *
 * @returns the exit code
 * @throws CliError `unreachable` or `rejected`
 */
export async function showTraces(address: CollectorAddress, flags: TracesFlags, terminal: Terminal): Promise<number> {
  const write = flags.json ? jsonWriter(terminal) : tableWriter(terminal);
  let count = 0;
  let cursor: string | undefined;
  for await (const page of pages(address, flags)) {
    count += page.traces.length;
    cursor = page.nextCursor ?? undefined;
    write.page(page);
  }
  write.end(cursor ?? null);
  if (cursor !== undefined) terminal.talk(`There are more: add --all, or --cursor ${plainText(cursor, 200)}`);
  else if (count === 0) terminal.talk('There are no such traces.');
  return EXIT_CODE.ok;
}

async function* pages(address: CollectorAddress, flags: TracesFlags): AsyncGenerator<TraceList> {
  const endMs = performance.now() + SEARCH_MS;
  let left = flags.all ? Number.POSITIVE_INFINITY : flags.limit;
  let cursor = flags.cursor;
  do {
    const page = await listTraces(address, flags, { limit: Math.min(MAX_PAGE, left), cursor });
    left -= page.traces.length;
    cursor = page.nextCursor ?? undefined;
    yield page;
    // A page may be short, or empty, and go on: then the next one is asked for.
  } while (cursor !== undefined && left > 0 && (flags.all || performance.now() < endMs));
}

interface PageWriter {
  page(page: TraceList): void;
  end(cursor: string | null): void;
}

function tableWriter(terminal: Terminal): PageWriter {
  const table = new TraceTable(terminal.paint, terminal.columns);
  return {
    page: ({ traces }) => {
      if (traces.length > 0) terminal.data(`${table.format(traces).join('\n')}\n`);
    },
    end: () => undefined,
  };
}

/** One object, written page by page, so that a long list needs no memory. */
function jsonWriter(terminal: Terminal): PageWriter {
  let separator = '{"traces":[\n';
  return {
    page: ({ traces }) => {
      for (const trace of traces) {
        terminal.data(`${separator}${plainJson(trace)}`);
        separator = ',\n';
      }
    },
    end: (cursor) => {
      const opening = separator === ',\n' ? '' : separator;
      terminal.data(`${opening}\n],"nextCursor":${plainJson(cursor)}}\n`);
    },
  };
}
