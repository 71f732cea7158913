/**
 * The collector's read API: JSON over HTTP below `/api/v1`, and server-sent events at `/api/v1/live`.
 * Times are microseconds since the epoch (exact in a double until the year 2255), durations microseconds.
 */
export { type ApiError, apiErrorSchema } from './api-error.js';
export {
  type DestinationStatus,
  type Destinations,
  destinationStatusSchema,
  destinationsSchema,
  type ReplayAnswer,
  replayRequestSchema,
  replayResultSchema,
} from './destinations.js';
export { type CollectorEnvironment, environmentSchema } from './environment.js';
export { type Facets, facetsSchema } from './facets.js';
export { type Level, levelSchema } from './level.js';
export { LIVE_EVENTS, type LiveEvent } from './live.js';
export { type ObservationType, observationTypeSchema } from './observation-type.js';
export {
  type CutText,
  cutTextSchema,
  DETAIL_TEXT_LIMIT,
  type ObservationDetail,
  type ObservationNode,
  observationDetailSchema,
  observationNodeSchema,
} from './observations.js';
export { type ObservationRow, observationRowSchema, type ScoreRow, scoreRowSchema } from './rows.js';
export { type Score, type ScoreDataType, scoreDataTypeSchema, scoreSchema } from './scores.js';
export {
  MAX_SERIES_POINTS,
  SERIES_STEP_UNIT_MS,
  type Series,
  type SeriesPoint,
  type SeriesQuery,
  type SeriesTotal,
  seriesPointSchema,
  seriesQuerySchema,
  seriesSchema,
  seriesTotalSchema,
} from './series.js';
export { type SqlRequest, type SqlResult, sqlRequestSchema, sqlResultSchema } from './sql.js';
export { type ProcessBooks, processBooksSchema, type Status, statusSchema } from './status.js';
export {
  type TraceDetail,
  type TraceFilter,
  type TraceList,
  type TraceListQuery,
  type TraceSummary,
  traceDetailSchema,
  traceFilterSchema,
  traceListQuerySchema,
  traceListSchema,
  traceSummarySchema,
} from './traces.js';
export {
  type ExportFormat,
  type ExportQuery,
  exportFormatSchema,
  exportQuerySchema,
  type ImportResult,
  importResultSchema,
} from './transfer.js';
