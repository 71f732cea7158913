import { useState } from 'react';
import type { ChatMessage, ChatPart } from '../../model/chat-messages.js';
import { formatCount, formatLength } from '../../model/format.js';
import { readTextValue } from '../../model/json-text.js';
import { PlainText } from '../parts/plain-text.js';
import { JsonView } from './json-view.js';
import { LongText } from './long-text.js';

/** Of a long history, the first message (usually the instructions) and the last ones are what is looked for. */
const LAST_SHOWN = 5;
const MESSAGE_CHARACTERS = 1_200;

export function ChatView({ messages }: { messages: readonly ChatMessage[] }) {
  const [isWhole, setWhole] = useState(false);
  const hidden = isWhole ? 0 : Math.max(0, messages.length - LAST_SHOWN - 1);
  // A conversation only grows at its end, so the position names the message.
  const numbered = messages.map((message, position) => ({ message, position }));
  return (
    <ol className="chat">
      {numbered.slice(0, 1).map(({ message, position }) => (
        <Message key={position} message={message} />
      ))}
      {hidden > 0 ? (
        <li className="chat-gap">
          <button type="button" className="text-button" onClick={() => setWhole(true)}>
            {formatCount(hidden)} earlier {hidden === 1 ? 'message' : 'messages'}
          </button>
        </li>
      ) : null}
      {numbered.slice(1 + hidden).map(({ message, position }) => (
        <Message key={position} message={message} />
      ))}
    </ol>
  );
}

function Message({ message }: { message: ChatMessage }) {
  const parts = message.parts.map((part, position) => ({ part, position }));
  return (
    <li className="message" data-role={roleClass(message.role)}>
      <div className="message-role">
        <PlainText text={message.role} limit={40} />
        {message.name === undefined ? null : (
          <small>
            <PlainText text={message.name} limit={60} />
          </small>
        )}
      </div>
      <div className="message-parts">
        {parts.map(({ part, position }) => (
          <Part key={position} part={part} />
        ))}
        {parts.length === 0 ? <p className="section-none">empty</p> : null}
      </div>
    </li>
  );
}

function Part({ part }: { part: ChatPart }) {
  switch (part.kind) {
    case 'text':
      return (
        <p className="part">
          <LongText text={part.text} first={MESSAGE_CHARACTERS} />
        </p>
      );
    case 'reasoning':
      return (
        <div className="part is-reasoning">
          <small>reasoning</small>
          <LongText text={part.text} first={MESSAGE_CHARACTERS} />
        </div>
      );
    case 'tool-call':
      return (
        <div className="part is-tool">
          <small>
            calls <PlainText text={part.name} limit={100} />
          </small>
          <TextOrJson text={part.arguments} />
        </div>
      );
    case 'tool-result':
      return (
        <div className="part is-tool">
          <TextOrJson text={part.text} />
        </div>
      );
    case 'media':
      return (
        <p className="part is-media">
          <PlainText text={part.label} limit={40} />, {formatLength(part.characters)}, not loaded
        </p>
      );
  }
}

function TextOrJson({ text }: { text: string }) {
  const read = readTextValue(text);
  return read.kind === 'json' ? <JsonView value={read.value} /> : <LongText text={text} first={MESSAGE_CHARACTERS} />;
}

/** Roles that have a colour; anything else is drawn plain. */
function roleClass(role: string): string {
  return ['system', 'developer', 'user', 'assistant', 'tool'].includes(role) ? role : 'other';
}
