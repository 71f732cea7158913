import type { TraceDetail, TraceSummary } from '@slipstream/query-api';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { ApiFailure } from '../../api/errors.js';
import { useApp } from '../app-context.js';
import { useLive } from '../use-live.js';

/** Where events fail, a running trace is read this often anyway. */
const RUNNING_INTERVAL_MS = 2_000;
/** A trace that is not there yet: its spans may still be on their way. */
const MISSING_INTERVAL_MS = 1_000;
/** Reading may take at most a fifth of the time, so that a trace of 50,000 spans does not keep the page busy. */
const READ_SHARE = 5;
const LEAST_PAUSE_MS = 250;
/** The root may arrive after its children and move the start of a trace back, by about the age of a long trace. */
const START_SLACK_US = 3_600e6;
/** Spans of a trace arrive within the sender's retries of its end, which are over by then. */
const SETTLED_AFTER_US = 120e6;

export interface TraceView {
  readonly detail: TraceDetail | undefined;
  readonly error: Error | null;
  readonly isMissing: boolean;
  retry(): void;
}

/** One trace, read again whenever the collector says that it changed. */
export function useTrace(traceId: string): TraceView {
  const { api } = useApp();
  const [readMs, setReadMs] = useState(0);
  const query = useQuery({
    queryKey: ['trace', traceId],
    async queryFn({ signal }) {
      const startedMs = performance.now();
      const detail = await api.trace(traceId, signal);
      setReadMs(performance.now() - startedMs);
      return detail;
    },
    // Comparing 50,000 observations one by one costs more than building the tree anew.
    structuralSharing: false,
    refetchInterval: ({ state }) => {
      if (isNotFound(state.error)) return MISSING_INTERVAL_MS;
      return state.data?.trace.running === true ? Math.max(RUNNING_INTERVAL_MS, readMs * READ_SHARE) : false;
    },
  });
  const readSoon = useThrottle(() => void query.refetch(), Math.max(LEAST_PAUSE_MS, readMs * READ_SHARE));
  const startUs = query.data?.trace.startTimeUs;
  const hasConnected = useRef(false);
  const onHello = () => {
    // What changed between the read and the first connection matters only where something may still change.
    if (hasConnected.current || isFresh(query.data?.trace)) readSoon();
    hasConnected.current = true;
  };
  useLive({
    isOn: startUs !== undefined,
    key: traceId,
    url: () =>
      api.liveUrl(startUs === undefined ? {} : { fromUs: Math.max(0, startUs - START_SLACK_US), toUs: startUs + 1 }),
    onHello,
    onTraces(traces) {
      if (traces.some((trace) => trace.traceId === traceId)) readSoon();
    },
  });
  return {
    detail: query.data,
    error: query.error,
    isMissing: isNotFound(query.error),
    retry: () => void query.refetch(),
  };
}

function isFresh(trace: TraceSummary | undefined): boolean {
  if (trace === undefined || trace.running) return true;
  return Date.now() * 1000 - (trace.startTimeUs + (trace.durationUs ?? 0)) < SETTLED_AFTER_US;
}

function isNotFound(error: Error | null): boolean {
  return error instanceof ApiFailure && error.status === 404;
}

/** Runs at once, then at most once in `pauseMs`; the last call is never lost. */
function useThrottle(run: () => void, pauseMs: number): () => void {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const latest = useRef(run);
  const nextAtMs = useRef(0);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => () => clearTimeout(timer.current), []);
  return () => {
    if (timer.current !== undefined) return;
    const waitMs = Math.max(0, nextAtMs.current - performance.now());
    timer.current = setTimeout(() => {
      timer.current = undefined;
      nextAtMs.current = performance.now() + pauseMs;
      latest.current();
    }, waitMs);
  };
}
