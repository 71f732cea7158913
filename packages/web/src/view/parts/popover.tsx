import { type ReactNode, useEffect, useRef } from 'react';

interface PopoverProps {
  readonly isOpen: boolean;
  readonly label: string;
  onClose(): void;
  readonly trigger: ReactNode;
  readonly children: ReactNode;
}

/** A panel below its trigger. A press elsewhere, or Escape, closes it. */
export function Popover({ isOpen, label, onClose, trigger, children }: PopoverProps) {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    const onPress = (event: PointerEvent) => {
      if (event.target instanceof Node && frame.current?.contains(event.target) !== true) onClose();
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      onClose();
      frame.current?.querySelector('button')?.focus();
    };
    document.addEventListener('pointerdown', onPress);
    document.addEventListener('keydown', onKey, true);
    return () => {
      document.removeEventListener('pointerdown', onPress);
      document.removeEventListener('keydown', onKey, true);
    };
  }, [isOpen, onClose]);
  return (
    <div className="popover" ref={frame}>
      {trigger}
      {isOpen ? (
        <section className="popover-panel" aria-label={label}>
          {children}
        </section>
      ) : null}
    </div>
  );
}
