import { useEffect, useState } from 'react';
import { Icon } from './icon.js';

const SHOWN_MS = 1_500;

/** Copies a text as it is, not as it is shown. */
export function CopyButton({ text, label, caption }: { text: string; label: string; caption?: string }) {
  const [outcome, setOutcome] = useState<'idle' | 'copied' | 'refused'>('idle');
  useEffect(() => {
    if (outcome === 'idle') return;
    const timer = setTimeout(() => setOutcome('idle'), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async () => setOutcome((await writeClipboard(text)) ? 'copied' : 'refused');
  const title = outcome === 'copied' ? 'Copied' : outcome === 'refused' ? 'The browser refused to copy' : label;
  return (
    <button
      type="button"
      className={caption === undefined ? 'icon-button' : 'button is-small'}
      data-outcome={outcome}
      title={title}
      aria-label={title}
      onClick={copy}
    >
      <Icon name={outcome === 'copied' ? 'done' : outcome === 'refused' ? 'close' : 'copy'} size={14} />
      {caption === undefined ? null : <span>{outcome === 'copied' ? 'Copied' : caption}</span>}
    </button>
  );
}

/** The clipboard exists only on https and on this machine; elsewhere the old way still works. */
async function writeClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.style.position = 'fixed';
  area.style.opacity = '0';
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand('copy');
  area.remove();
  return isCopied;
}
