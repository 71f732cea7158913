import { expect, test } from 'vitest';
import { resolveSettings } from './settings.js';

test.each([
  ['clickhouse://host', 'http://host:8123', 'default', '', 'slipstream'],
  ['clickhouse://host:9000/traces', 'http://host:9000', 'default', '', 'traces'],
  ['clickhouses://a:b@host/x', 'https://host:8443', 'a', 'b', 'x'],
  ['clickhouse://us%40er:p%3A%2F@[::1]:8123/d_1', 'http://[::1]:8123', 'us@er', 'p:/', 'd_1'],
])('the address %s is read', (address, url, username, password, database) => {
  expect(resolveSettings({ url: address })).toMatchObject({ url, username, password, database });
});

test.each([
  'http://host',
  'clickhouse://',
  'host:8123',
  'clickhouse://secret@host/a-b',
  'clickhouse://secret@host/a;DROP',
  'clickhouse://secret@host/a/b',
  'clickhouse://secret@host/%E0%A4%A',
  'clickhouse://%E0%A4%A:secret@host/a',
])('the address %s is refused, and not shown', (address) => {
  const read = () => resolveSettings({ url: address });
  expect(read).toThrow(expect.objectContaining({ code: 'store_open_failed' }));
  expect(read).toThrow(expect.objectContaining({ message: expect.not.stringContaining('secret') }));
});
