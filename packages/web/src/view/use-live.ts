import type { TraceSummary } from '@slipstream/query-api';
import { useEffect, useEffectEvent, useState } from 'react';
import { type LiveState, openLive } from '../api/live.js';

/** Events are shown in bundles: ten a second are as good to the eye as a thousand, and cost a hundredth. */
const BUNDLE_MS = 100;

interface LiveOptions {
  /** `false` closes the stream. */
  readonly isOn: boolean;
  /** Changes when another stream is wanted. */
  readonly key: string;
  /** Address of the stream; asked for at each opening, since it may hold the time of now. */
  url(): string;
  onHello(): void;
  onTraces(traces: readonly TraceSummary[]): void;
}

/**
 * Follows the collector's events while the page is visible. A hidden page lets go of its connection: browsers allow
 * six to one origin, so that a few forgotten tabs would otherwise block every page. On return, `onHello` refetches.
 */
export function useLive(options: LiveOptions): LiveState {
  const [state, setState] = useState<LiveState>({ kind: 'off' });
  const isVisible = usePageVisible();
  const isOpen = options.isOn && isVisible;
  const onHello = useEffectEvent(() => options.onHello());
  const onTraces = useEffectEvent((traces: readonly TraceSummary[]) => options.onTraces(traces));
  const url = useEffectEvent(() => options.url());

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the url, which is asked for anew.
  useEffect(() => {
    if (!isOpen) {
      setState({ kind: 'off' });
      return;
    }
    let bundle: TraceSummary[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const deliver = () => {
      timer = undefined;
      const traces = bundle;
      bundle = [];
      onTraces(traces);
    };
    const close = openLive(url(), {
      onState: setState,
      onHello: () => onHello(),
      onTrace(trace) {
        bundle.push(trace);
        timer ??= setTimeout(deliver, BUNDLE_MS);
      },
    });
    return () => {
      clearTimeout(timer);
      close();
    };
  }, [isOpen, options.key]);

  return state;
}

function usePageVisible(): boolean {
  const [isVisible, setVisible] = useState(() => document.visibilityState === 'visible');
  useEffect(() => {
    const update = () => setVisible(document.visibilityState === 'visible');
    document.addEventListener('visibilitychange', update);
    return () => document.removeEventListener('visibilitychange', update);
  }, []);
  return isVisible;
}
