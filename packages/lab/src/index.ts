export type { LabOptions } from './arguments.js';
export { LAB_USAGE, parseLabArguments } from './arguments.js';
export type { Arm, ArmDescription, SpanKind } from './arms/contract.js';
export type { ArmName } from './arms/registry.js';
export { ARMS } from './arms/registry.js';
export { runLabCommand } from './command.js';
export {
  LabArgumentError,
  LabPreparationError,
  LabProcessError,
  LabResumeError,
  PeerInstallError,
} from './errors.js';
export type { LabOutput } from './output.js';
export { labPlaces } from './places.js';
export type { ArmSummary, BooksSummary, GoalResult, LabReport, ScenarioSummary } from './report/model.js';
export { createReport, renderMarkdown, renderText } from './report/report.js';
export type { SampleRecord } from './report/sample-record.js';
export type { LabSurroundings } from './runner/prepare.js';
export type { LabOutcome } from './runner/run.js';
export { runLab } from './runner/run.js';
export type { BackendKind, LabSuite, Scenario } from './runner/scenarios.js';
export { scenariosOf } from './runner/scenarios.js';
export type { LabPlaces } from './runner/take-sample.js';
