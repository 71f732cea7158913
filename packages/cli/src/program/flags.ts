import type { ExportFormat, ExportQuery, Level } from '@slipstream/query-api';

/** Flags of the commands that run a collector. What is not given is left to the environment. */
export interface CollectorFlags {
  readonly port?: number;
  readonly host?: string;
  readonly dataDir?: string;
  readonly token?: string;
  readonly queue?: string;
  readonly store?: string;
  readonly grpcPort?: number | 'off';
}

/** Flags of every command that asks a running collector. */
export interface RemoteFlags {
  readonly url?: string;
  readonly token?: string;
  /** Data as JSON. */
  readonly json: boolean;
}

/** Which traces; each flag is a field of the query API's filter. */
export interface FilterFlags {
  readonly name?: string;
  readonly conversation?: string;
  readonly user?: string;
  readonly service?: string;
  readonly metadata?: readonly string[];
  readonly level?: Level;
  readonly text?: string;
  /** Microseconds since the epoch. */
  readonly since?: number;
  /** Microseconds since the epoch. */
  readonly until?: number;
}

export interface TracesFlags extends RemoteFlags, FilterFlags {
  readonly limit: number;
  readonly all: boolean;
  readonly cursor?: string;
}

export interface TraceFlags extends RemoteFlags {
  /** Show this one alone, with its texts. */
  readonly observation?: string;
  readonly full: boolean;
}

export interface TailFlags extends RemoteFlags, FilterFlags {}

export interface QueryFlags extends RemoteFlags {
  readonly csv: boolean;
  readonly maxRows: number;
  readonly timeoutMs: number;
}

export interface ExportFlags extends RemoteFlags {
  readonly format?: ExportFormat;
  readonly what?: NonNullable<ExportQuery['what']>;
  readonly since?: number;
  readonly until?: number;
  readonly trace?: string;
}

export interface ImportFlags extends RemoteFlags {
  readonly format?: ExportFormat;
  /** Whether the destinations that the collector forwards to get the rows, too. */
  readonly forward: boolean;
}

export interface EnvFlags extends RemoteFlags {
  /** What this command itself would use, without asking a collector. */
  readonly local: boolean;
}

export interface ReplayFlags extends RemoteFlags {
  readonly max?: number;
}

/** What the commands do; the program only reads arguments. Each resolves to an exit code. */
export interface Actions {
  up(flags: CollectorFlags & { readonly json: boolean }): Promise<number>;
  dev(command: readonly string[], flags: CollectorFlags & { readonly keep: boolean }): Promise<number>;
  status(flags: RemoteFlags & { readonly waitMs: number }): Promise<number>;
  traces(flags: TracesFlags): Promise<number>;
  trace(id: string, flags: TraceFlags): Promise<number>;
  tail(flags: TailFlags): Promise<number>;
  query(sql: string, flags: QueryFlags): Promise<number>;
  exportTo(file: string | undefined, flags: ExportFlags): Promise<number>;
  importFrom(file: string, flags: ImportFlags): Promise<number>;
  env(flags: EnvFlags): Promise<number>;
  deadLetters(flags: RemoteFlags): Promise<number>;
  replay(destination: string, flags: ReplayFlags): Promise<number>;
  lab(args: readonly string[]): Promise<number>;
}

/** Tells the program how the command ends. */
export type Finish = (code: number) => void;
