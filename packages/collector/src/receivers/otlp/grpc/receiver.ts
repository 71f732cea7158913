import type { ReadLimits } from '@slipstream/wire';
import { CollectorError, reasonOf } from '../../../errors.js';
import { constantTimeMatch, showsToken } from '../../../http/credentials.js';
import { shownHost } from '../../../http/shown-host.js';
import type { Log } from '../../../logging/log.js';
import type { Queue } from '../../../queue/contract.js';
import type { BodyLimits } from '../../body.js';
import type { InflightBudget } from '../../inflight-budget.js';
import type { ReceiverStats } from '../../receiver-stats.js';
import { healthService } from './health-service.js';
import { type GrpcServer, openGrpcServer } from './server.js';
import { traceService } from './trace-service.js';

export interface GrpcReceiverSettings {
  readonly host: string;
  /** 0 takes a free one; without it nothing listens. */
  readonly port: number | undefined;
  /** Whether to go on without, and say so in the log, where the port is taken. */
  readonly isOptional: boolean;
  readonly token: string | undefined;
  readonly queue: Queue;
  readonly stats: ReceiverStats;
  /** The same as the HTTP receivers', so that all bodies together stay within it. */
  readonly budget: InflightBudget;
  /**
   * Of one message, as for a body over HTTP: gRPC's usual 4 MiB are less than one call of a model with a long context
   * may hold.
   */
  readonly limits: BodyLimits;
  readonly readLimits: Partial<ReadLimits>;
  readonly isReady: () => Promise<boolean>;
  readonly log: Log;
}

/** OTLP over gRPC that listens. */
export interface GrpcReceiver {
  readonly url: string;
  close: GrpcServer['close'];
}

/**
 * Listens for `TraceService/Export` and `Health/Check`; every other method is answered with UNIMPLEMENTED.
 *
 * @throws `PORT_IN_USE`, `ADDRESS_UNAVAILABLE`
 */
export async function openGrpcReceiver(settings: GrpcReceiverSettings): Promise<GrpcReceiver | undefined> {
  const { host, port, token, log } = settings;
  if (port === undefined) return undefined;
  const isToken = token === undefined ? undefined : constantTimeMatch(token);
  try {
    const server = await openGrpcServer({
      host,
      port,
      methods: [traceService(settings), healthService(settings.isReady)],
      limits: settings.limits,
      budget: settings.budget,
      isAuthorized: (authorization) => isToken === undefined || showsToken(authorization, isToken),
      onInternalError: (error) => log.error(`a gRPC call failed: ${reasonOf(error)}`),
    });
    return { url: `http://${shownHost(host)}:${server.port}`, close: (timeoutMs) => server.close(timeoutMs) };
  } catch (error) {
    if (!settings.isOptional || !(error instanceof CollectorError) || error.code !== 'PORT_IN_USE') throw error;
    log.warn(`no gRPC: ${error.message}`);
    return undefined;
  }
}
