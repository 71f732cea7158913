/** What this package gives is what `@opentelemetry/api` 1.9 and 1.10 and the SDK want, without a cast. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import type * as api9 from '@opentelemetry/api';
import type * as sdk from '@opentelemetry/sdk-trace-base';
import {
  SlipstreamContextManager,
  SlipstreamPropagator,
  SlipstreamSpanProcessor,
  SlipstreamTracer,
  SlipstreamTracerProvider,
} from '@slipstream/sdk/otel';
import type * as api10 from 'otel-api-1-10';
import { expect, test } from 'vitest';

const given = {
  tracer: new SlipstreamTracer('types') satisfies api9.Tracer satisfies api10.Tracer,
  provider: new SlipstreamTracerProvider() satisfies api9.TracerProvider satisfies api10.TracerProvider,
  contexts: new SlipstreamContextManager() satisfies api9.ContextManager satisfies api10.ContextManager,
  propagator: new SlipstreamPropagator() satisfies api9.TextMapPropagator satisfies api10.TextMapPropagator,
  processor: new SlipstreamSpanProcessor() satisfies sdk.SpanProcessor,
};

// What is taken: samplers of the SDK, contexts, options and links of either version.
type Accepts<Wanted, _Given extends Wanted> = true;
type Options = NonNullable<Parameters<SlipstreamTracer['startSpan']>[1]>;
type Sampler = NonNullable<NonNullable<ConstructorParameters<typeof SlipstreamTracerProvider>[0]>['sampler']>;
const taken: [
  Accepts<Sampler, sdk.Sampler>,
  Accepts<Options, api9.SpanOptions>,
  Accepts<Options, api10.SpanOptions>,
  Accepts<Parameters<SlipstreamContextManager['with']>[0], api9.Context>,
] = [true, true, true, true];

const use = (tracer: SlipstreamTracer, context: api9.Context): Promise<number> =>
  tracer.startActiveSpan('typed', { kind: 1, links: [] }, context, async (span: api9.Span) => {
    span
      .setAttributes({ a: 1, b: ['x'] })
      .addEvent('e', { c: true }, Date.now())
      .end();
    return 1;
  });

test("everything is assignable to the types of OpenTelemetry's packages, without a cast", () => {
  expect([Object.keys(given).length, taken.length, typeof use]).toEqual([5, 4, 'function']);
  const compiler = path.dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
  const compile = [path.join(compiler, 'bin/tsc'), '--project', import.meta.dirname];
  const { stdout } = spawnSync(process.execPath, compile, { cwd: import.meta.dirname, encoding: 'utf8' });
  // The sources that are imported from elsewhere are compiled along, and checked where they stand.
  expect(stdout.split('\n').filter((line) => /^[\w/-]+(\.test)?\.ts\(/.test(line))).toEqual([]);
}, 120_000);
