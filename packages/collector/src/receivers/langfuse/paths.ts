/** Where Langfuse's libraries up to version 3 (JavaScript) and 2 (Python) post their events. */
export const INGESTION_PATH = '/api/public/ingestion';

/** Scores alone: one, or a list of them. */
export const SCORES_PATH = '/api/public/scores';
