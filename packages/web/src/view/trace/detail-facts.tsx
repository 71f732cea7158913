import type { ObservationDetail, ObservationNode } from '@slipstream/query-api';
import type { ReactNode } from 'react';
import { formatCost, formatCount, formatDateTime, formatDuration, tokensPerSecond } from '../../model/format.js';
import { isRunning } from '../../model/observation.js';
import { PlainText } from '../parts/plain-text.js';
import { useNow } from '../use-now.js';

interface DetailFactsProps {
  readonly observation: ObservationNode;
  readonly detail: ObservationDetail | undefined;
  readonly traceStartUs: number;
}

/** The figures of one observation; what is not known is not shown. */
export function DetailFacts({ observation, detail, traceStartUs }: DetailFactsProps) {
  const { startTimeUs, completionStartTimeUs } = observation;
  const speed = tokensPerSecond(observation);
  return (
    <dl className="detail-facts">
      <Latency observation={observation} />
      <Fact label="Started at" title={formatDateTime(startTimeUs)}>
        +{formatDuration(Math.max(0, startTimeUs - traceStartUs))}
      </Fact>
      {completionStartTimeUs === null ? null : (
        <Fact label="First token">{formatDuration(completionStartTimeUs - startTimeUs)}</Fact>
      )}
      {speed === null ? null : <Fact label="Speed">{formatCount(Math.round(speed * 10) / 10)} tok/s</Fact>}
      {observation.totalTokens === 0 ? null : (
        <Fact label="Tokens">
          {formatCount(observation.inputTokens)} <span className="arrow">→</span>{' '}
          {formatCount(observation.outputTokens)}
        </Fact>
      )}
      {observation.costUsd === null ? null : (
        <Fact label="Cost">
          {formatCost(observation.costUsd)} <CostSource source={detail?.costSource} />
        </Fact>
      )}
      <TextFact label="Model" value={observation.model} />
      <TextFact label="Prompt" value={promptOf(detail)} />
      <TextFact label="Version" value={detail?.version} />
      <TextFact label="Service" value={detail?.service} />
      <TextFact label="Scope" value={scopeOf(detail)} />
    </dl>
  );
}

function Latency({ observation }: { observation: ObservationNode }) {
  const { type, startTimeUs, endTimeUs } = observation;
  const isOpen = isRunning(observation);
  const nowMs = useNow(250, isOpen);
  if (type === 'event') return null;
  const latencyUs = (endTimeUs ?? nowMs * 1000) - startTimeUs;
  return (
    <Fact label="Latency">
      {isOpen ? (
        <span className="running-text">running {formatDuration(Math.max(0, latencyUs))}</span>
      ) : (
        formatDuration(latencyUs)
      )}
    </Fact>
  );
}

function CostSource({ source }: { source: ObservationDetail['costSource'] | undefined }) {
  if (source === undefined || source === 'none') return null;
  const title = source === 'reported' ? 'As the sender reported it' : 'From the price table and the usage';
  return (
    <small className="cost-source" title={title}>
      {source}
    </small>
  );
}

function promptOf(detail: ObservationDetail | undefined): string | null {
  if (detail?.promptName === undefined || detail.promptName === null) return null;
  return detail.promptVersion === null ? detail.promptName : `${detail.promptName} v${detail.promptVersion}`;
}

function scopeOf(detail: ObservationDetail | undefined): string {
  return detail === undefined ? '' : `${detail.scopeName} ${detail.scopeVersion}`.trim();
}

function TextFact({ label, value }: { label: string; value: string | null | undefined }) {
  if (value === null || value === undefined || value === '') return null;
  return (
    <Fact label={label}>
      <PlainText text={value} limit={120} />
    </Fact>
  );
}

function Fact({ label, title, children }: { label: string; title?: string; children: ReactNode }) {
  return (
    <div className="fact" title={title}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
