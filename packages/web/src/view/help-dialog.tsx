import { useEffect, useRef } from 'react';

const GROUPS: readonly { title: string; keys: readonly (readonly [keys: string, what: string])[] }[] = [
  {
    title: 'Everywhere',
    keys: [
      ['?', 'this panel'],
      ['/', 'search'],
      ['Esc', 'clear or close'],
      ['d', 'light, dark or system colours'],
    ],
  },
  {
    title: 'Trace list',
    keys: [
      ['j k ↓ ↑', 'next, previous trace'],
      ['Enter', 'open it'],
      ['f', 'add a filter'],
      ['p', 'pause or resume live updates'],
    ],
  },
  {
    title: 'Trace',
    keys: [
      ['j k ↓ ↑', 'next, previous observation'],
      ['→ ←', 'expand, collapse or go to the parent'],
      ['Enter', 'expand or collapse'],
      ['[ ]', 'collapse all, expand all'],
      ['Home End', 'first, last observation'],
      ['+ − 0', 'zoom the time axis, whole trace'],
      ['a s', 'pan left, right'],
      ['u', 'back to the list'],
    ],
  },
];

export function HelpDialog({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog className="help" ref={dialog} onClose={onClose} aria-label="Keyboard">
      <h2>Keyboard</h2>
      <div className="help-groups">
        {GROUPS.map((group) => (
          <section key={group.title}>
            <h3>{group.title}</h3>
            <dl>
              {group.keys.map(([keys, what]) => (
                <div key={keys}>
                  <dt>
                    {keys.split(' ').map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <button type="button" className="button" onClick={onClose}>
        Close
      </button>
    </dialog>
  );
}
