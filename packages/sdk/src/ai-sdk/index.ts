export { type AiTelemetry, type AiTelemetryOptions, aiTelemetry } from './ai-telemetry.js';
export { type AiSdkIntegration, aiSdkIntegration } from './integration.js';
export { observeAiSdk } from './observe-ai-sdk.js';
export type { AiSdkOptions } from './operation-recorder.js';
