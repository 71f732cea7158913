import type { OutlineNode } from './outline.js';

/** For fish: one line a word, each with the condition under which it is offered. */
export function fishScript(name: string, nodes: readonly OutlineNode[]): string {
  const lines = nodes.flatMap((node) => {
    const when = `-n ${quote(condition(node))}`;
    return [
      ...node.subcommands.map(
        ({ text, description }) => `complete -c ${name} -f ${when} -a ${quote(text)} -d ${quote(description)}`,
      ),
      ...node.argumentChoices.map((text) => `complete -c ${name} -f ${when} -a ${quote(text)}`),
      ...node.flags.map(({ text, description }) => {
        const value = node.valueFlags.find(({ names }) => names.includes(text));
        return `complete -c ${name} ${when} ${flagOf(text)}${wantedValue(value?.choices)} -d ${quote(description)}`;
      }),
    ];
  });
  return `# fish completion of ${name}\n${lines.join('\n')}\n`;
}

function condition({ path, subcommands }: OutlineNode): string {
  const seen = path.split(' ').filter((word) => word !== '');
  const conditions = [
    ...seen.map((word) => `__fish_seen_subcommand_from ${word}`),
    ...(subcommands.length === 0
      ? []
      : [`not __fish_seen_subcommand_from ${subcommands.map(({ text }) => text).join(' ')}`]),
  ];
  return conditions.join('; and ');
}

function flagOf(text: string): string {
  return text.startsWith('--') ? `-l ${text.slice(2)}` : `-s ${text.slice(1)}`;
}

function wantedValue(choices: readonly string[] | undefined): string {
  if (choices === undefined) return '';
  return choices.length === 0 ? ' -r' : ` -x -a ${quote(choices.join(' '))}`;
}

function quote(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
