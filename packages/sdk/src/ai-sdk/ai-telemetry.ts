import { type Client, getClient } from '../core.js';
import { attempt, copyOptions, firstText, isRecord } from '../framework-events/records.js';
import { AttendedTracer } from './attended-tracer.js';
import type { AiSdkOptions } from './operation-recorder.js';

/** Of a call of the AI SDK 5 or 6. */
export interface AiTelemetryOptions extends AiSdkOptions {
  /** What the call is for; part of the observations' names. @default none */
  readonly functionId?: string | undefined;
  /** On each observation; `userId`, `sessionId` and `tags` in it are the trace's. @default none */
  readonly metadata?: Readonly<Record<string, string | number | boolean | string[]>> | undefined;
}

/** What `experimental_telemetry` takes. @see the AI SDK's `TelemetrySettings` */
export interface AiTelemetry {
  readonly isEnabled: boolean;
  readonly recordInputs: boolean;
  readonly recordOutputs: boolean;
  readonly tracer: AttendedTracer;
  functionId?: string;
  metadata?: Record<string, string | number | boolean | string[]>;
}

/**
 * Settings with which a call of the AI SDK 5 or 6 is recorded, below the active observation. Version 7 needs
 * `observeAiSdk()` instead.
 *
 * @example
 * await generateText({ model, prompt, experimental_telemetry: aiTelemetry({ functionId: 'reply' }) });
 */
export function aiTelemetry(options: AiTelemetryOptions = {}): AiTelemetry {
  const { client, captureInput, captureOutput, functionId, metadata } = copyOptions<AiTelemetryOptions>(options);
  const current = (): Client => client ?? getClient();
  const telemetry: AiTelemetry = {
    // Read at each call: settings that are made before `configure` follow it.
    get isEnabled() {
      return attempt(() => current().enabled) === true;
    },
    get recordInputs() {
      return attempt(() => captureInput ?? current().captureInput) === true;
    },
    get recordOutputs() {
      return attempt(() => captureOutput ?? current().captureOutput) === true;
    },
    tracer: new AttendedTracer(client),
  };
  if (firstText(functionId) !== undefined) telemetry.functionId = firstText(functionId) ?? '';
  if (isRecord(metadata)) telemetry.metadata = { ...metadata };
  return telemetry;
}
