import type { ReadLimits } from '@slipstream/wire';
import type { Queue } from '../../../queue/contract.js';
import { countRefusal, type ReceiverStats } from '../../receiver-stats.js';
import { PROTOBUF_ENCODING } from '../encoding.js';
import { acceptExport } from '../intake.js';
import { answerOf, type Refusal } from '../refusal.js';
import type { GrpcMethod } from './call.js';
import { GRPC_CODE, statusOfRefusal } from './status.js';

export const TRACE_SERVICE = 'opentelemetry.proto.collector.trace.v1.TraceService';

export interface TraceServiceSettings {
  readonly queue: Queue;
  readonly stats: ReceiverStats;
  readonly readLimits: Partial<ReadLimits>;
}

/** OTLP over gRPC: `Export` of trace data, through the same intake as OTLP over HTTP. */
export function traceService({ queue, stats, readLimits }: TraceServiceSettings): GrpcMethod {
  const refuse = (refusal: Refusal): void => countRefusal(stats, answerOf(refusal.kind).httpStatus);
  return {
    path: `/${TRACE_SERVICE}/Export`,
    isOpen: false,
    onRefused(refusal) {
      stats.requests++;
      refuse(refusal);
    },
    async handle(message, call) {
      stats.requests++;
      stats.receivedBytes += call.receivedBytes;
      if (call.isCancelled()) return { kind: 'failed', status: { code: GRPC_CODE.cancelled, message: '' } };
      const outcome = await acceptExport(queue, message, PROTOBUF_ENCODING, readLimits);
      if (outcome.kind === 'refused') {
        refuse(outcome.refusal);
        return { kind: 'failed', status: statusOfRefusal(outcome.refusal) };
      }
      stats.acceptedSpans += outcome.acceptedSpans;
      stats.acceptedStarts += outcome.acceptedStarts;
      stats.rejectedSpans += outcome.rejectedSpans;
      return { kind: 'ok', message: PROTOBUF_ENCODING.writeResponse(outcome.response) };
    },
  };
}
