import { afterEach } from 'vitest';
import { type Answer, acceptAsCollector, startBackend, type TestBackend } from './backend.js';
import { type FixtureOptions, PipelineFixture } from './pipeline-fixture.js';

/** Gives a function that starts a backend and a pipeline to it; both are ended after each test. */
export function usePipelines() {
  const backends: TestBackend[] = [];
  const fixtures: PipelineFixture[] = [];

  afterEach(async () => {
    for (const backend of backends) backend.defaultAnswer = acceptAsCollector;
    await Promise.all(fixtures.splice(0).map((fixture) => fixture.end()));
    await Promise.all(backends.splice(0).map((backend) => backend.close()));
  });

  return async function open(options: Omit<FixtureOptions, 'url'> & { answer?: Answer } = {}) {
    const backend = await startBackend(options.answer);
    backends.push(backend);
    const fixture = new PipelineFixture({ ...options, url: backend.url });
    fixtures.push(fixture);
    return { backend, fixture, producer: fixture.producer };
  };
}
