import type { CutText } from '@slipstream/query-api';
import { useMemo, useState } from 'react';
import { type ChatMessage, readChat } from '../../model/chat-messages.js';
import { formatLength } from '../../model/format.js';
import { readTextValue } from '../../model/json-text.js';
import { CopyButton } from '../parts/copy-button.js';
import { ChatView } from './chat-view.js';
import { JsonView } from './json-view.js';
import { LongText } from './long-text.js';
import { Section } from './section.js';

type ViewKind = 'chat' | 'json' | 'text';
const VIEW_NAMES: Record<ViewKind, string> = { chat: 'Chat', json: 'JSON', text: 'Text' };

interface TextSectionProps {
  readonly title: string;
  readonly content: CutText | null;
  /** What to say where there is nothing. */
  readonly none: string;
  readonly isLoadingFull: boolean;
  onLoadFull(): void;
}

/** One captured text, in the best form that it can be read in; the raw text is always one press away. */
export function TextSection({ title, content, none, isLoadingFull, onLoadFull }: TextSectionProps) {
  const read = useMemo(() => readForms(content?.text ?? ''), [content]);
  const [chosen, setChosen] = useState<ViewKind | undefined>(undefined);
  if (content === null) {
    return (
      <Section title={title}>
        <p className="section-none">{none}</p>
      </Section>
    );
  }
  const kind = chosen !== undefined && read.kinds.includes(chosen) ? chosen : (read.kinds[0] ?? 'text');
  const isCut = content.fullLength > content.text.length;
  const tools = (
    <span className="section-tools">
      {read.kinds.length > 1 ? <ViewSwitch kinds={read.kinds} kind={kind} onChoose={setChosen} title={title} /> : null}
      <CopyButton text={content.text} label={isCut ? 'Copy what is loaded' : `Copy the ${title.toLowerCase()}`} />
    </span>
  );
  return (
    <Section title={title} tools={tools} note={content.fullLength < 500 ? '' : formatLength(content.fullLength)}>
      <div className="section-content" data-kind={kind === 'text' && read.json === undefined ? 'prose' : kind}>
        {kind === 'chat' && read.chat !== undefined ? <ChatView messages={read.chat} /> : null}
        {kind === 'json' && read.json !== undefined ? <JsonView value={read.json} /> : null}
        {kind === 'text' ? <LongText text={content.text} /> : null}
      </div>
      {isCut ? (
        <p className="cut-note">
          {formatLength(content.text.length)} of {formatLength(content.fullLength)} are loaded.{' '}
          <button type="button" className="text-button" onClick={onLoadFull} disabled={isLoadingFull}>
            {isLoadingFull ? 'Loading…' : 'Load all'}
          </button>
        </p>
      ) : null}
    </Section>
  );
}

function ViewSwitch(props: {
  kinds: readonly ViewKind[];
  kind: ViewKind;
  title: string;
  onChoose(kind: ViewKind): void;
}) {
  return (
    <fieldset className="segments is-small" aria-label={`View of the ${props.title.toLowerCase()}`}>
      {props.kinds.map((kind) => (
        <button key={kind} type="button" aria-pressed={kind === props.kind} onClick={() => props.onChoose(kind)}>
          {VIEW_NAMES[kind]}
        </button>
      ))}
    </fieldset>
  );
}

interface Forms {
  /** The best first. */
  readonly kinds: readonly ViewKind[];
  readonly json: object | undefined;
  readonly chat: ChatMessage[] | undefined;
}

function readForms(text: string): Forms {
  const read = readTextValue(text);
  if (read.kind === 'text') return { kinds: ['text'], json: undefined, chat: undefined };
  const chat = readChat(read.value);
  return { kinds: chat === undefined ? ['json', 'text'] : ['chat', 'json', 'text'], json: read.value, chat };
}
