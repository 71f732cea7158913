/** Stands in for `@slipstream/lab` in the bundled command. */
export async function runLabCommand(
  args: readonly string[],
  output: { result(text: string): void; talk(text: string): void; draw?: (line: string) => void },
): Promise<number> {
  output.talk(`lab: ${args.join(' ')}\n`);
  output.draw?.('drawn');
  output.result('the result\n');
  return args.includes('--wrong') ? 2 : 0;
}
