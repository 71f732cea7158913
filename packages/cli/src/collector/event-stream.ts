import { eventTooLong } from '../errors.js';

/** A summary of a trace has kilobytes; a stranger at the address could send one line without end. */
const MAX_EVENT_CHARS = 8 * 1024 * 1024;

/** One server-sent event. */
export interface ServerEvent {
  readonly name: string;
  readonly data: string;
}

/**
 * Cuts a stream of bytes into server-sent events.
 *
 * @throws CliError `unreachable` where one event is longer than 8 Mi characters
 */
export async function* readEvents(stream: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  let name = '';
  let data: string[] = [];
  let chars = 0;
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      chars += line.length;
      if (line === '') {
        if (data.length > 0) yield { name: name || 'message', data: data.join('\n') };
        name = '';
        data = [];
        chars = 0;
      } else if (line.startsWith('event:')) name = line.slice(6).trim();
      else if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''));
    }
    if (chars + rest.length > MAX_EVENT_CHARS) throw eventTooLong(MAX_EVENT_CHARS);
  }
}
