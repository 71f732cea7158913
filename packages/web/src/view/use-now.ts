import { useEffect, useState } from 'react';

/** The time, renewed every `intervalMs` while `isOn`. */
export function useNow(intervalMs: number, isOn: boolean): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    if (!isOn) return;
    setNowMs(Date.now());
    const timer = setInterval(() => setNowMs(Date.now()), intervalMs);
    return () => clearInterval(timer);
  }, [intervalMs, isOn]);
  return nowMs;
}
