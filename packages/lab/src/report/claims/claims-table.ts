import type { LabReport } from '../model.js';
import type { Column, Table } from '../table.js';
import type { MethodClaim, MistakeClaim } from './claim.js';
import { answerMethod, answerMistake, type ClaimAnswer } from './javascript-answers.js';
import { CLAIM_RULES } from './judge.js';
import { METHOD_CLAIMS } from './methods.js';
import { MISTAKE_CLAIMS } from './mistakes.js';
import { answerMethodInPython, answerMistakeInPython } from './python-answers.js';

/** A claim with every answer that a run has for it: Python first, which the notes are about. */
export interface AnsweredClaim {
  readonly claim: MethodClaim | MistakeClaim;
  readonly answers: readonly ClaimAnswer[];
}

/** Every claim of the notes about ways to trace, with what this run says to it. */
export function answerMethods(report: LabReport): AnsweredClaim[] {
  return METHOD_CLAIMS.map((claim) => ({
    claim,
    answers: [...answerMethodInPython(report.python, claim), ...answerMethod(report, claim)],
  }));
}

/** Every claim of the notes about mistakes, with what this run says to it. */
export function answerMistakes(report: LabReport): AnsweredClaim[] {
  return MISTAKE_CLAIMS.map((claim) => ({
    claim,
    answers: [...answerMistakeInPython(report.python, claim), ...answerMistake(report, claim)],
  }));
}

const COLUMNS: readonly Column[] = [
  { header: 'claim', align: 'left' },
  { header: 'library', align: 'left' },
  { header: 'the notes say', align: 'left' },
  { header: 'predicted', align: 'left' },
  { header: 'measured', align: 'left' },
  { header: 'verdict', align: 'left' },
];

/** The claims of the notes in two tables. */
export function claimsTables(report: LabReport): Table[] {
  return [
    toTable('Ways to trace: what the notes hold against what was measured', answerMethods(report), CLAIM_RULES),
    toTable('Mistakes: what the notes hold against what was measured', answerMistakes(report), []),
  ];
}

function toTable(title: string, claims: readonly AnsweredClaim[], notes: readonly string[]): Table {
  const rows = claims.flatMap(({ answers }) =>
    answers.map(({ claim, title: name, language, subject, notesSay, predicted, measured, verdict }) => [
      `${claim} ${name}`,
      `${subject} (${language})`,
      notesSay,
      predicted,
      measured,
      verdict.text,
    ]),
  );
  return { title, columns: COLUMNS, rows, notes };
}
