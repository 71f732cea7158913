// ClickHouse's engine behind as much of ClickHouse's HTTP interface as `@clickhouse/client` speaks, for tests: chDB keeps
// one data directory a process, and a process of its own can be killed as a server can.
//
//   node server.mjs <data directory> <port>      prints the port when it listens, and ends when its input does
import fs from 'node:fs/promises';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';

const { Session } = createRequire(import.meta.url)('chdb');

const [dataDirectory, port = '0'] = process.argv.slice(2);

let lastFile = 0;

/** What belongs to HTTP and not to the engine. */
const NOT_SETTINGS = new Set([
  'query',
  'database',
  'query_id',
  'session_id',
  'role',
  'default_format',
  'wait_end_of_query',
  'enable_http_compression',
  'send_progress_in_http_headers',
  'cancel_http_readonly_queries_on_client_close',
]);

const quoted = (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** HTTP has a parameter as a tab-separated file would, and the engine takes it as it is. */
const ESCAPES = { 0: '\0', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const unescaped = (text) => text.replace(/\\(.)/gs, (_, letter) => ESCAPES[letter] ?? letter);

function readParams(fields, statement) {
  const params = {};
  for (const [field, text] of fields) {
    if (!field.startsWith('param_')) continue;
    const name = field.slice('param_'.length);
    if (statement.includes(`{${name}:String}`)) params[name] = unescaped(text);
    else if (statement.includes(`{${name}:Array(String)}`)) params[name] = readTexts(text);
    else params[name] = text;
  }
  return params;
}

/** The texts of a list such as `['a','b']`. */
function readTexts(list) {
  return Array.from(list.matchAll(/'((?:[^'\\]|\\.)*)'/gs), ([, text]) => unescaped(text));
}

async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Parts have a name and a text; there are no files. */
function readParts(body, boundary) {
  const parts = body.split(`--${boundary}`).slice(1, -1);
  return parts.map((part) => {
    const end = part.indexOf('\r\n\r\n');
    return [/name="([^"]*)"/.exec(part.slice(0, end))[1], part.slice(end + 4, -2)];
  });
}

async function readRequest(request) {
  const { searchParams } = new URL(request.url, 'http://chdb');
  const fields = new Map(searchParams);
  const body = await readBody(request);
  const boundary = /boundary=(.+)$/.exec(request.headers['content-type'] ?? '')?.[1];
  if (boundary !== undefined) {
    for (const [name, text] of readParts(body.toString('utf8'), boundary)) fields.set(name, text);
  }
  const query = fields.get('query');
  return query === undefined || boundary !== undefined
    ? { fields, statement: query ?? body.toString('utf8') }
    : { fields, statement: query, rows: body };
}

/** Rows reach the engine as a file: as a part of the statement, parsing them takes three times as long. */
async function insertRows(session, statement, rows) {
  lastFile += 1;
  const file = path.join(dataDirectory, `rows-${process.pid}-${lastFile}`);
  await fs.writeFile(file, rows);
  try {
    return await session.queryAsync(statement.replace(/ FORMAT (\w+)$/, ` FROM INFILE ${quoted(file)} FORMAT $1`));
  } finally {
    await fs.rm(file, { force: true });
  }
}

async function prepare(session, fields) {
  const database = fields.get('database');
  if (database !== undefined) await session.queryAsync(`USE ${database}`);
  const settings = [...fields].filter(([name]) => !NOT_SETTINGS.has(name) && !name.startsWith('param_'));
  const isReadonly = ([name]) => name === 'readonly';
  const texts = settings.filter((each) => !isReadonly(each)).map(([name, text]) => `${name} = ${quoted(text)}`);
  if (texts.length > 0) await session.queryAsync(`SET ${texts.join(', ')}`);
  // It forbids to set anything after it.
  for (const [name, text] of settings.filter(isReadonly)) await session.queryAsync(`SET ${name} = ${quoted(text)}`);
}

function select(session, statement, fields) {
  const params = readParams(fields, statement);
  const options = { format: 'TabSeparated' };
  if (Object.keys(params).length === 0) return session.queryAsync(statement, options);
  return session.queryBindAsync(statement, params, options);
}

async function answer(request, response) {
  const { fields, statement, rows } = await readRequest(request);
  // Sessions on one directory share the data, and each has settings of its own, as a request to a server has.
  const session = new Session(dataDirectory);
  try {
    await prepare(session, fields);
    const result = rows ? await insertRows(session, statement, rows) : await select(session, statement, fields);
    response.writeHead(200, { 'content-type': 'text/plain; charset=UTF-8' });
    response.end(result.bytes());
  } catch (error) {
    const code = /^Code: (\d+)/.exec(error.message)?.[1] ?? '1';
    response.writeHead(500, { 'X-ClickHouse-Exception-Code': code });
    response.end(error.message);
  } finally {
    session.close();
  }
}

const server = http.createServer({ maxHeaderSize: 1024 * 1024 }, (request, response) => {
  if (request.url === '/ping') response.end('Ok.\n');
  else answer(request, response).catch((error) => response.destroy(error));
});

// A first session that stays: the engine shuts down with the last one.
const engine = new Session(dataDirectory);
await engine.queryAsync('SELECT 1');
server.listen(Number(port), '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
