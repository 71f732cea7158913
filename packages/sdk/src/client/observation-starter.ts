import type { ObservationType } from '../record/fields.js';
import type { Observation, ObservationStart } from './observation-handle.js';

/** Begins observations of each type. */
export abstract class ObservationStarter {
  /** Begins an observation of any type; an unknown one counts as span. */
  abstract observation(type: ObservationType, start: ObservationStart): Observation;

  /** Begins a span: one step of the work. */
  span(start: ObservationStart): Observation {
    return this.observation('span', start);
  }

  /** Begins a generation: one call of a model. */
  generation(start: ObservationStart): Observation {
    return this.observation('generation', start);
  }

  /** Begins an agent: what decides by itself which tools to use. */
  agent(start: ObservationStart): Observation {
    return this.observation('agent', start);
  }

  /** Begins a tool: one call of a function that a model asked for. */
  tool(start: ObservationStart): Observation {
    return this.observation('tool', start);
  }

  /** Begins a chain: what passes results from one step on to the next. */
  chain(start: ObservationStart): Observation {
    return this.observation('chain', start);
  }

  /** Begins a retriever: one search in a store of documents. */
  retriever(start: ObservationStart): Observation {
    return this.observation('retriever', start);
  }

  /** Begins an embedding: one call of a model that gives vectors. */
  embedding(start: ObservationStart): Observation {
    return this.observation('embedding', start);
  }

  /** Begins an evaluator: what judges an answer. */
  evaluator(start: ObservationStart): Observation {
    return this.observation('evaluator', start);
  }

  /** Begins a guardrail: what keeps bad input or output away. */
  guardrail(start: ObservationStart): Observation {
    return this.observation('guardrail', start);
  }
}
