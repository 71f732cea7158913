import type { Html } from './markup.js';

/** A part of the page: its anchor, its heading, and what stands below. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Html;
}
