/**
 * Labels of imported entries in the queue. What a forward destination gets is news; an import is history, which most
 * backends would show as new spans and charge for. So it goes to the store alone, unless whoever imports asks for more.
 */
const STORE_ONLY = '; slipstream=store-only';

/** The content type under which an entry is appended that no forward destination is to have. */
export function storeOnly(contentType: string): string {
  return contentType + STORE_ONLY;
}

/** Whether forward destinations pass an entry by. */
export function isStoreOnly(contentType: string): boolean {
  return contentType.endsWith(STORE_ONLY);
}
