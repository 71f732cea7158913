import { readFile, stat } from 'node:fs/promises';
import { LabReportFileError } from '../errors.js';
import type { LabReport } from '../report/model.js';
import { REPORT_SHAPE } from './report-shape.js';

/** Ten times what a full run writes. */
export const MAX_REPORT_BYTES = 100 * 1024 * 1024;
const TOLD_PROBLEMS = 5;

/**
 * Reads a report that a run of the lab wrote, and looks whether it is one.
 *
 * @throws LabReportFileError when it cannot be read, is too large, is no JSON, or is no report
 */
export async function readReport(path: string, maxBytes = MAX_REPORT_BYTES): Promise<LabReport> {
  const size = await sizeOf(path);
  if (size > maxBytes) {
    throw new LabReportFileError(`${path} has ${size} bytes; a report has at most ${maxBytes}.`);
  }
  const value = parse(path, await readFile(path, 'utf8'));
  const problems = REPORT_SHAPE(value, 'the file');
  if (problems.length > 0) {
    throw new LabReportFileError(
      `${path} is no report of the lab (slipstream-lab/1): ${problems.slice(0, TOLD_PROBLEMS).join('; ')}.`,
    );
  }
  return value as LabReport;
}

async function sizeOf(path: string): Promise<number> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new LabReportFileError(`${path} is no file.`);
    return found.size;
  } catch (error) {
    if (error instanceof LabReportFileError) throw error;
    throw new LabReportFileError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new LabReportFileError(`${path} is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
