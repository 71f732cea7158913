/**
 * Imports one of the entry files in the peers' folder. The peers are not in the root's tree, so their types are not
 * either: the caller names the few members that it uses.
 */
export async function importPeer<Module>(peersUrl: string, entry: string): Promise<Module> {
  return (await import(new URL(entry, peersUrl).href)) as Module;
}

/** How the peers' own Langfuse package serialises a captured value, used alike for the libraries that have no way. */
export function toAttributeText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
}
