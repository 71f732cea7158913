const MARK = '@node';

/** The name of a scenario under another Node; goals and predictions are of the plain names. */
export function nameUnderNode(name: string, node: string): string {
  return `${name}${MARK}${node}`;
}

/** Tells such a name from a plain one. */
export function isUnderOtherNode(name: string): boolean {
  return name.includes(MARK);
}
