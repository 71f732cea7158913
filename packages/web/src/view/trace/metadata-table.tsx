import { Link } from '@tanstack/react-router';
import { readTextValue } from '../../model/json-text.js';
import { searchForMetadata } from '../../model/trace-search.js';
import { CopyButton } from '../parts/copy-button.js';
import { Icon } from '../parts/icon.js';
import { PlainText } from '../parts/plain-text.js';
import { JsonView } from './json-view.js';
import { LongText } from './long-text.js';

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
            <FilterLink name={key} value={value} />
            <CopyButton text={value} label="Copy the value" />
          </span>
        </div>
      ))}
    </dl>
  );
}

function FilterLink({ name, value }: { name: string; value: string }) {
  const search = searchForMetadata(name, value);
  if (search === undefined) return null;
  const title = 'Traces that share this';
  return (
    <Link to="/" search={search} className="icon-button" title={title} aria-label={title}>
      <Icon name="filter" size={12} />
    </Link>
  );
}

function MetadataValue({ text }: { text: string }) {
  const read = readTextValue(text);
  return read.kind === 'json' ? <JsonView value={read.value} /> : <LongText text={text} />;
}
