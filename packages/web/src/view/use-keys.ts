import { useEffect, useEffectEvent } from 'react';

/** `KeyboardEvent.key` names, parted by a space, and what they do. */
export type KeyBinding = readonly [keys: string, action: (event: KeyboardEvent) => void];

/**
 * Single-key shortcuts for a page. They rest while the reader types, while a dialog is
 * open, and with Ctrl, Alt or Meta, which belong to the browser. Escape works while typing too.
 */
export function useKeys(bindings: readonly KeyBinding[]): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector('dialog[open]') !== null) return;
    if (isTyping(event.target) && event.key !== 'Escape') return;
    const binding = bindings.find(([keys]) => keys.split(' ').includes(event.key));
    if (binding === undefined) return;
    event.preventDefault();
    binding[1](event);
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
