import type { ArmName } from '../arms/registry.js';

/** One library's row of a span's costs. Figures are text, as they were noted: some are ranges of several runs. */
export interface SpanFigures {
  readonly tinyUs?: string;
  readonly fourKbUs?: string;
  readonly hundredKbUs?: string;
  readonly stallMs?: string;
}

/** One library's row of the server. */
export interface ServerFigures {
  readonly answeredPerSecond: string;
  readonly p50Ms: string;
  readonly p99Ms: string;
  readonly mainCpuMsPerSecond: string;
}

/**
 * What tracing cost before Slipstream existed: single runs on a noisy machine of two cores, Node 20.20.2, each library
 * with its documented defaults. Orders of magnitude, which is why the lab measures them again.
 */
export const SPAN_FIGURES: Readonly<Partial<Record<ArmName, SpanFigures>>> = {
  'dd-trace': { tinyUs: '17', fourKbUs: '31', hundredKbUs: '222', stallMs: '12–15' },
  opentelemetry: { tinyUs: '19', fourKbUs: '73–84', hundredKbUs: '1,124', stallMs: '51–67' },
  'langfuse-capture-off': { tinyUs: '32', fourKbUs: '31', stallMs: '16' },
  langfuse: { tinyUs: '39', fourKbUs: '60–64', hundredKbUs: '558–600', stallMs: '26–70' },
  laminar: { tinyUs: '36', fourKbUs: '99', stallMs: '94' },
  sentry: { tinyUs: '71', fourKbUs: '94', stallMs: '43' },
  opik: { tinyUs: '91', fourKbUs: '102', stallMs: '26' },
  'langfuse-3': { tinyUs: '192–311', fourKbUs: '355–440', hundredKbUs: '2,180', stallMs: '120' },
  langsmith: { tinyUs: '634–689', fourKbUs: '633–806', hundredKbUs: '950', stallMs: '101–198' },
};

/** The server's table of the same time: 400 requests/s offered, 7 spans of 4 KB each. */
export const SERVER_FIGURES: Readonly<Partial<Record<ArmName, ServerFigures>>> = {
  untraced: { answeredPerSecond: '400', p50Ms: '5', p99Ms: '20–24', mainCpuMsPerSecond: '30' },
  'dd-trace': { answeredPerSecond: '400', p50Ms: '9', p99Ms: '36', mainCpuMsPerSecond: '111' },
  'langfuse-capture-off': { answeredPerSecond: '403', p50Ms: '8', p99Ms: '28', mainCpuMsPerSecond: '100' },
  langfuse: { answeredPerSecond: '400', p50Ms: '14', p99Ms: '46', mainCpuMsPerSecond: '201' },
  opentelemetry: { answeredPerSecond: '402', p50Ms: '16', p99Ms: '48', mainCpuMsPerSecond: '223' },
  'langfuse-3': { answeredPerSecond: '400', p50Ms: '53', p99Ms: '312', mainCpuMsPerSecond: '880' },
  langsmith: { answeredPerSecond: '149', p50Ms: '171', p99Ms: '2,292', mainCpuMsPerSecond: '1,002' },
};
