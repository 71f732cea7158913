import { isWireError, ProtobufReader } from '@slipstream/wire';
import type { GrpcAnswer, GrpcMethod } from './call.js';
import { GRPC_CODE } from './status.js';
import { TRACE_SERVICE } from './trace-service.js';

/** `HealthCheckRequest.service`, field 1, a string. */
const REQUEST_SERVICE = (1 << 3) | 2;
/** `HealthCheckResponse.status`, field 1, an enum: 1 is serving, 2 is not. */
const SERVING = Uint8Array.of(1 << 3, 1);
const NOT_SERVING = Uint8Array.of(1 << 3, 2);

const KNOWN_SERVICES = new Set(['', TRACE_SERVICE]);

/** `grpc.health.v1.Health/Check`, for probes: serving while spans can be made durable and queries answered. */
export function healthService(isReady: () => Promise<boolean>): GrpcMethod {
  return {
    path: '/grpc.health.v1.Health/Check',
    isOpen: true,
    async handle(message): Promise<GrpcAnswer> {
      const service = readService(message);
      if (service === undefined) return failed(GRPC_CODE.invalidArgument, 'The request cannot be read.');
      if (!KNOWN_SERVICES.has(service)) return failed(GRPC_CODE.notFound, 'There is no such service.');
      return { kind: 'ok', message: (await isReady()) ? SERVING : NOT_SERVING };
    },
  };
}

function readService(message: Buffer): string | undefined {
  try {
    const reader = new ProtobufReader(message);
    let service = '';
    while (reader.hasMore()) {
      const tag = reader.readTag();
      if (tag === REQUEST_SERVICE) service = reader.readString();
      else reader.skip(tag);
    }
    return service;
  } catch (error) {
    if (isWireError(error)) return undefined;
    throw error;
  }
}

function failed(code: number, message: string): GrpcAnswer {
  return { kind: 'failed', status: { code, message } };
}
