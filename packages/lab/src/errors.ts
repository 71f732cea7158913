/** A call on an arm whose library was not loaded: a fault of the lab itself. */
export class ArmNotLoadedError extends Error {
  readonly code = 'LAB_ARM_NOT_LOADED';
  constructor(library: string) {
    super(`The ${library} arm was used before its library was loaded.`);
    this.name = 'ArmNotLoadedError';
  }
}

/** The command line asks for something that the lab does not have. */
export class LabArgumentError extends Error {
  readonly code = 'LAB_ARGUMENT';
  constructor(message: string) {
    super(message);
    this.name = 'LabArgumentError';
  }
}

/** A process of the lab ended or fell silent before it had answered. */
export class LabProcessError extends Error {
  readonly code = 'LAB_PROCESS';
  constructor(message: string) {
    super(message);
    this.name = 'LabProcessError';
  }
}

/** A run that was cut off cannot be gone on with. */
export class LabResumeError extends Error {
  readonly code = 'LAB_RESUME';
  constructor(message: string) {
    super(message);
    this.name = 'LabResumeError';
  }
}

/** The SDK of another commit could not be built, or another Node could not be had. */
export class LabPreparationError extends Error {
  readonly code = 'LAB_PREPARATION';
  constructor(message: string) {
    super(message);
    this.name = 'LabPreparationError';
  }
}

/** A program of the examples lacks what the lab drives it by. */
export class MalformedProgramError extends Error {
  readonly code = 'LAB_MALFORMED_PROGRAM';
  constructor(program: string, missing: readonly string[]) {
    super(`${program} does not export ${missing.join(', ')}.`);
    this.name = 'MalformedProgramError';
  }
}

/** The peers could not be installed. */
export class PeerInstallError extends Error {
  readonly code = 'LAB_PEER_INSTALL';
  constructor(message: string) {
    super(message);
    this.name = 'PeerInstallError';
  }
}

/** A message that is not what its content type says. */
export class MalformedMessageError extends Error {
  readonly code = 'LAB_MALFORMED_MESSAGE';
  constructor(message: string) {
    super(message);
    this.name = 'MalformedMessageError';
  }
}

/** A file that should be a report of the lab is none, or cannot be read. */
export class LabReportFileError extends Error {
  readonly code = 'LAB_REPORT_FILE';
  constructor(message: string) {
    super(message);
    this.name = 'LabReportFileError';
  }
}
