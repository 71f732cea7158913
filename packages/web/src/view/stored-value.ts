/** Reads a preference; `undefined` where there is none or the browser keeps none (private windows, strict settings). */
export function readStored(key: string): string | undefined {
  try {
    return localStorage.getItem(`slipstream.${key}`) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a preference where the browser allows it; without it the page works the same until it is reloaded. */
export function writeStored(key: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(`slipstream.${key}`);
    else localStorage.setItem(`slipstream.${key}`, value);
  } catch {
    // Refused: the preference lasts for this page only.
  }
}
