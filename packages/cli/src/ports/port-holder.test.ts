import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { findFreePort, probePort } from './free-port.js';
import { listeningInodes } from './linux-sockets.js';
import { nameFromTasklist, pidFromNetstat, processFromLsof } from './listing-formats.js';
import { describeHolder, findPortHolder } from './port-holder.js';

const servers: Server[] = [];

async function listen(): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  return (server.address() as AddressInfo).port;
}

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

describe('a taken port', () => {
  it('is told from a free one', async () => {
    const port = await listen();
    expect(await probePort('127.0.0.1', port)).toEqual({ kind: 'taken' });
    expect(await probePort('127.0.0.1', 0)).toEqual({ kind: 'free' });
  });

  it('is not confused with an address of another machine', async () => {
    expect(await probePort('192.0.2.1', 4318)).toMatchObject({ kind: 'unusable' });
  });

  it('is followed by a free one', async () => {
    const port = await listen();
    const next = await findFreePort('127.0.0.1', port);
    expect(next).toBeGreaterThan(port);
    expect(await probePort('127.0.0.1', next!)).toEqual({ kind: 'free' });
  });

  it('has no free one after the last port', async () => {
    expect(await findFreePort('127.0.0.1', 65_535)).toBeUndefined();
  });

  it.runIf(process.platform === 'linux')('is traced to its process by /proc', async () => {
    const holder = await findPortHolder(await listen());
    expect(holder).toMatchObject({ pid: process.pid });
    expect(holder?.name).toContain('node');
  });

  it('is shown with the name of its process where that is known', () => {
    expect(describeHolder({ pid: 12, name: 'node a.js' })).toBe('process 12 (node a.js)');
    expect(describeHolder({ pid: 12, name: undefined })).toBe('process 12');
    expect(describeHolder({ pid: 12, name: 'a\u001b[2J' })).toBe('process 12 (a\u{fffd}[2J)');
  });
});

describe('what platforms print', () => {
  const PROC_NET_TCP = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:10DE 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0 100 0 0 10 0',
    '   1: 0100007F:10DE 0100007F:C001 01 00000000:00000000 00:00000000 00000000     0        0 222 1 0 100 0 0 10 0',
    '   2: 0100007F:10DF 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 333 1 0 100 0 0 10 0',
  ].join('\n');

  it('is read from /proc/net/tcp: listeners of the port, and not its connections', () => {
    expect(listeningInodes(PROC_NET_TCP, 4318)).toEqual(['111']);
    expect(listeningInodes(PROC_NET_TCP, 80)).toEqual([]);
  });

  it('is read from lsof', () => {
    expect(processFromLsof('p512\ncnode\nf23\n')).toEqual({ pid: 512, name: 'node' });
    expect(processFromLsof('')).toBeUndefined();
  });

  it('is read from netstat and tasklist of Windows, in any language', () => {
    const netstat = [
      '  Proto  Lokale Adresse         Remoteadresse          Status           PID',
      '  TCP    127.0.0.1:4318         127.0.0.1:50000        HERGESTELLT      77',
      '  TCP    127.0.0.1:14318        0.0.0.0:0              ABHÖREN          78',
      '  TCP    127.0.0.1:4318         0.0.0.0:0              ABHÖREN          79',
    ].join('\r\n');
    expect(pidFromNetstat(netstat, 4318)).toBe(79);
    expect(pidFromNetstat(netstat, 4319)).toBeUndefined();
    expect(nameFromTasklist('"node.exe","79","Console","1","45,000 K"\r\n')).toBe('node.exe');
    expect(nameFromTasklist('INFO: No tasks are running which match the specified criteria.')).toBeUndefined();
  });
});
