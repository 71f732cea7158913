import { type ReactNode, useState } from 'react';
import { Icon } from '../parts/icon.js';

interface SectionProps {
  readonly title: string;
  /** Stands at the right of the title. */
  readonly tools?: ReactNode;
  readonly note?: string;
  readonly children: ReactNode;
}

export function Section({ title, tools, note, children }: SectionProps) {
  const [isOpen, setOpen] = useState(true);
  return (
    <section className="section" aria-label={title}>
      <div className="section-head">
        <button type="button" className="section-title" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <Icon name={isOpen ? 'down' : 'right'} size={12} />
          <h3>{title}</h3>
        </button>
        {note === undefined ? null : <span className="section-note">{note}</span>}
        {isOpen ? tools : null}
      </div>
      {isOpen ? children : null}
    </section>
  );
}
