import type { ObservationDetail, Score } from '@slipstream/query-api';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { isRunning } from '../../model/observation.js';
import type { TreeEntry } from '../../model/trace-tree.js';
import { useApp } from '../app-context.js';
import { CopyButton } from '../parts/copy-button.js';
import { LevelTag } from '../parts/level-tag.js';
import { PlainBlock, PlainText } from '../parts/plain-text.js';
import { TypeMark } from '../parts/type-mark.js';
import { DetailFacts } from './detail-facts.js';
import { MetadataTable } from './metadata-table.js';
import { ScoreTable } from './score-table.js';
import { Section } from './section.js';
import { TextSection } from './text-section.js';
import { UsageTable } from './usage-table.js';

const NO_SCORES: readonly Score[] = [];

interface DetailPaneProps {
  readonly traceId: string;
  readonly traceStartUs: number;
  readonly entry: TreeEntry | undefined;
  readonly scores: ReadonlyMap<string, readonly Score[]>;
}

/** Everything about the selected observation, read when it is selected. */
export function DetailPane({ traceId, traceStartUs, entry, scores }: DetailPaneProps) {
  if (entry === undefined) return <aside className="detail" aria-label="Details" />;
  const { observation } = entry;
  return (
    <aside className="detail" aria-label="Details">
      <header className="detail-header">
        <TypeMark type={observation.type} />
        <h2>
          <PlainText text={observation.name} />
        </h2>
        <LevelTag level={observation.level} />
        <span className="detail-type">{observation.type}</span>
        <CopyButton text={observation.spanId} label="Copy the span id" />
      </header>
      <DetailBody
        // Another observation begins at its top with its own choices of view.
        key={observation.spanId}
        traceId={traceId}
        traceStartUs={traceStartUs}
        entry={entry}
        scores={scores}
      />
    </aside>
  );
}

function DetailBody({ traceId, traceStartUs, entry, scores }: DetailPaneProps & { entry: TreeEntry }) {
  const { api } = useApp();
  const { observation } = entry;
  const { spanId, endTimeUs, completionStartTimeUs, statusMessage } = observation;
  const [isFull, setFull] = useState(false);
  const query = useQuery({
    // A running observation becomes another one when it ends, and is read again.
    queryKey: ['observation', traceId, spanId, endTimeUs, completionStartTimeUs, isFull],
    queryFn: ({ signal }) => api.observation(traceId, spanId, isFull, signal),
    placeholderData: keepPreviousData,
    structuralSharing: false,
    staleTime: endTimeUs === null ? 0 : Number.POSITIVE_INFINITY,
  });
  const detail = query.data?.spanId === spanId ? query.data : undefined;
  return (
    <div className="detail-body">
      {statusMessage === null || statusMessage === '' ? null : (
        <p className="status-message" data-level={observation.level}>
          <PlainBlock text={statusMessage} />
        </p>
      )}
      <DetailFacts observation={observation} detail={detail} traceStartUs={traceStartUs} />
      <ScoreTable title="Scores" scores={scores.get(spanId) ?? NO_SCORES} />
      {entry.depth === 0 ? <ScoreTable title="Scores of the trace" scores={scores.get('') ?? NO_SCORES} /> : null}
      {detail === undefined ? null : (
        <DetailTexts
          detail={detail}
          isLoadingFull={isFull && query.isPlaceholderData}
          onLoadFull={() => setFull(true)}
        />
      )}
      {detail === undefined && query.error === null ? <p className="notice is-quiet">Loading…</p> : null}
      {query.error === null ? null : (
        <div className="section-error" role="alert">
          {query.error.message}{' '}
          <button type="button" className="text-button" onClick={() => void query.refetch()}>
            Try again
          </button>
        </div>
      )}
    </div>
  );
}

interface DetailTextsProps {
  readonly detail: ObservationDetail;
  readonly isLoadingFull: boolean;
  onLoadFull(): void;
}

function DetailTexts({ detail, isLoadingFull, onLoadFull }: DetailTextsProps) {
  const full = { isLoadingFull, onLoadFull };
  return (
    <>
      <TextSection title="Input" content={detail.input} none="No input was captured" {...full} />
      <TextSection
        title="Output"
        content={detail.output}
        none={isRunning(detail) ? 'Still running' : 'No output was captured'}
        {...full}
      />
      {Object.keys(detail.metadata).length === 0 ? null : (
        <Section title="Metadata">
          <MetadataTable metadata={detail.metadata} />
        </Section>
      )}
      <UsageTable detail={detail} />
      {detail.modelParameters === null ? null : (
        <TextSection title="Model parameters" content={wholeText(detail.modelParameters)} none="" {...full} />
      )}
    </>
  );
}

function wholeText(text: string) {
  return { text, fullLength: text.length };
}
