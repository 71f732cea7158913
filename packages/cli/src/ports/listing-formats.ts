export interface PortHolder {
  readonly pid: number;
  /** Program, and the script that it runs where that is known. */
  readonly name: string | undefined;
}

/** Reads `lsof -Fpc`: lines `p<pid>` and `c<command>`. */
export function processFromLsof(output: string): PortHolder | undefined {
  const pid = /^p(\d+)$/m.exec(output)?.[1];
  if (pid === undefined) return undefined;
  return { pid: Number(pid), name: /^c(.+)$/m.exec(output)?.[1] };
}

/**
 * Reads `netstat -ano -p TCP` of Windows: `TCP  127.0.0.1:4318  0.0.0.0:0  LISTENING  1234`. The word for the state
 * is translated, so a listener is told by its remote port, which is 0.
 */
export function pidFromNetstat(output: string, port: number): number | undefined {
  for (const line of output.split(/\r?\n/)) {
    const [protocol, local, remote, ...rest] = line.trim().split(/\s+/);
    const pid = rest.at(-1);
    if (protocol !== 'TCP' || !local?.endsWith(`:${port}`) || !remote?.endsWith(':0')) continue;
    if (pid !== undefined && /^\d+$/.test(pid)) return Number(pid);
  }
  return undefined;
}

/** Reads `tasklist /FO CSV /NH`: `"node.exe","1234","Console","1","45,000 K"`. */
export function nameFromTasklist(output: string): string | undefined {
  return /^"([^"]+)","\d+"/m.exec(output)?.[1];
}
