import { Link } from '@tanstack/react-router';
import { readTextValue } from '../../model/json-text.js';
import { CopyButton } from '../parts/copy-button.js';
import { Icon } from '../parts/icon.js';
import { PlainText } from '../parts/plain-text.js';
import { JsonView } from './json-view.js';
import { LongText } from './long-text.js';

/** As long as a filter may be; a longer value cannot be asked for. */
const FILTER_LIMIT = 500;

export function MetadataTable({ metadata }: { metadata: Readonly<Record<string, string>> }) {
  return (
    <dl className="metadata">
      {Object.entries(metadata).map(([key, value]) => (
        <div key={key}>
          <dt>
            <PlainText text={key} />
          </dt>
          <dd>
            <MetadataValue text={value} />
          </dd>
          <span className="metadata-tools">
            {value.length > FILTER_LIMIT ? null : (
              <Link
                to="/"
                search={{ metadata: [`${key}:${value}`] }}
                className="icon-button"
                title="Traces that share this"
                aria-label="Traces that share this"
              >
                <Icon name="filter" size={12} />
              </Link>
            )}
            <CopyButton text={value} label="Copy the value" />
          </span>
        </div>
      ))}
    </dl>
  );
}

function MetadataValue({ text }: { text: string }) {
  const read = readTextValue(text);
  return read.kind === 'json' ? <JsonView value={read.value} /> : <LongText text={text} />;
}
