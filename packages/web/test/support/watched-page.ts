import type { BrowserContext, Page } from 'playwright-core';

export interface WatchedPage {
  readonly page: Page;
  /** What must not happen on any page: requests to elsewhere, broken policy, errors, dialogs. */
  readonly faults: string[];
}

/** A page that keeps a book of everything that should not happen; a broken policy is reported by the browser itself. */
export async function openWatchedPage(context: BrowserContext, origin: string): Promise<WatchedPage> {
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const faults: string[] = [];
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !url.startsWith('data:')) faults.push(`request to ${url}`);
  });
  page.on('pageerror', (error) => faults.push(`error ${error.message}`));
  page.on('dialog', (dialog) => {
    faults.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    // The browser itself reports answers that are errors, which some tests provoke.
    const isOwnReport = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isOwnReport) faults.push(`console ${message.text()}`);
  });
  return { page, faults };
}
