import { PYTHON_CASES, samplesOf } from '../cases.js';
import type { PythonPrediction } from '../model.js';
import type { PythonSubject } from '../subjects.js';
import { type Cost, type PythonConstants, short } from './amounts.js';
import { gilCost } from './gil-costs.js';
import { METHOD_FORMS, methodCost } from './method-costs.js';
import { mistakeCost } from './mistake-costs.js';

/** What the cost model says of every case, subject and form that it has anything to say of. */
export function predictPython(
  constants: PythonConstants,
  isReady: (subject: PythonSubject) => boolean,
): readonly PythonPrediction[] {
  return PYTHON_CASES.flatMap((definition) =>
    samplesOf(definition, 0)
      .filter(({ subject }) => isReady(subject))
      .flatMap(({ subject, variant }) => predictSample(definition.id, subject, variant, constants)),
  );
}

function predictSample(
  id: string,
  subject: PythonSubject,
  variant: string,
  constants: PythonConstants,
): readonly PythonPrediction[] {
  const forms = METHOD_FORMS[id];
  if (forms !== undefined) {
    return forms.flatMap((form) => {
      const cost = methodCost(form, subject, constants);
      return form.variants.flatMap((name) => toPrediction(id, subject, name, cost));
    });
  }
  const cost = id.startsWith('gil') ? gilCost(id, subject, constants) : mistakeCost(id, subject, variant, constants);
  return toPrediction(id, subject, variant, cost);
}

function toPrediction(id: string, subject: string, variant: string, cost: Cost | undefined): PythonPrediction[] {
  if (cost === undefined) return [];
  return [{ case: id, subject, variant, value: cost.ms, because: `${cost.because} = ${short(cost.ms)} ms` }];
}
