import { it } from 'vitest';
import { Agent, request } from 'node:http';
import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { startProcess } from './support/collector-process.js';
import { makeSpan, PROTOBUF, toProtobuf } from './support/spans.js';
import { send } from './support/http-client.js';
import { crc32c } from '../src/queue/crc32c.js';
it('bench', async () => {
  const buf = Buffer.alloc(16*1024*1024, 7); crc32c(buf); let t=performance.now(); for (let i=0;i<10;i++) crc32c(buf); console.log('crc32c GB/s', (10*buf.length/1e9)/((performance.now()-t)/1e3));
  const dir = mkdtempSync('/tmp/bench/d-');
  const c = await startProcess(readFileSync('/tmp/bundle-path','utf8'), { SLIPSTREAM_COLLECTOR_DATA_DIR: dir });
  const N = 400, per = 250;
  const bodies = Array.from({length: N}, () => toProtobuf(...Array.from({length: per}, (_, i) => makeSpan({ attributes: { 'langfuse.observation.input': ('hello world ' + i).padEnd(400,'abcdef '), 'langfuse.observation.output': 'y'.repeat(350), 'langfuse.observation.type':'generation', 'langfuse.observation.model.name': 'gpt-4o' } }))));
  console.log('bytes per span', bodies[0]!.length/per);
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const post = (b: Buffer) => new Promise<number>((res, rej) => { const r = request(c.url + '/v1/traces', {method:'POST', headers: PROTOBUF, agent}, (i) => { i.resume(); i.on('end', () => res(i.statusCode!)); }); r.on('error', rej); r.end(b); });
  const cpuOf = () => { const s = readFileSync(`/proc/${c.pid}/task/${c.pid}/schedstat`,'utf8').split(' '); return Number(s[0])/1e9; };
  await post(bodies[0]!);
  const cpu0 = cpuOf(); const t0 = performance.now(); let i = 1;
  await Promise.all(Array.from({length:4}, async () => { while (i < N) { const b = bodies[i++]!; const s = await post(b); if (s!==200) console.log(s); } }));
  const secs = (performance.now()-t0)/1e3; const cpu = cpuOf()-cpu0;
  console.log('accepted spans/s wall', ((N-1)*per/secs).toFixed(0), 'main thread cpu us/span', (cpu*1e6/((N-1)*per)).toFixed(2), '=> spans/s of one core', (((N-1)*per)/cpu).toFixed(0));
  for(;;){ const s = (await send(c.url+'/api/v1/status')).json() as any; if (s.queue.backlog.store===0) { console.log('delivered after s', ((performance.now()-t0)/1e3).toFixed(1), s.store.spans); break; } await new Promise(r=>setTimeout(r,200)); }
  const m = (await send(c.url+'/metrics')).text; console.log(m.split('\n').filter(l=>/commit_seconds_(sum|count)|rss|resident|cpu/.test(l)&&!l.startsWith('#')).join('\n'));
  agent.destroy(); await c.end('SIGTERM'); rmSync(dir,{recursive:true});
}, 120000);
