import { type AnsweredClaim, answerMethods, answerMistakes } from '../../claims/claims-table.js';
import { CLAIM_RULES } from '../../claims/judge.js';
import type { LabReport } from '../../model.js';
import { type Html, html } from '../markup.js';
import type { Section } from '../section.js';
import { htmlTable } from '../table.js';

/** What the notes that the project began with hold, and what the run says to it. */
export function claimsSection(report: LabReport): Section {
  return {
    id: 'claims',
    title: 'What the notes claim, and what was measured',
    body: html`<p>The project began with notes on what tracing cost a Python service. Their figures are for Python; each is held against the Python libraries where this run has them, and against JavaScript.</p>
<ul class="note">${CLAIM_RULES.map((rule) => html`<li>${rule}</li>`)}</ul>
<h3>Ways to trace</h3>${answerMethods(report).map(claimTable)}
<h3>Mistakes</h3>${answerMistakes(report).map(claimTable)}`,
  };
}

function claimTable({ claim, answers }: AnsweredClaim): Html {
  const columns = [
    { header: 'library' },
    { header: 'the notes say' },
    { header: 'predicted' },
    { header: 'measured', isWide: true },
    { header: 'verdict', isWide: true },
  ];
  const rows = answers.map(({ language, subject, notesSay, predicted, measured, verdict }) => {
    const cells = [`${subject} (${language})`, notesSay, predicted, measured, verdict.text];
    if (verdict.outcome === 'not-measured') return { cells, mark: 'quiet' as const };
    return subject.startsWith('Slipstream') ? { cells, mark: 'own' as const } : { cells };
  });
  return html`<p><strong>${claim.id} ${claim.title}.</strong> The notes: ${claim.says}</p>${htmlTable(`${claim.id} ${claim.title}`, columns, rows)}`;
}
