/** Completion for bash and zsh, whose scripts find the command in the same way. */
import type { OutlineNode, Word } from './outline.js';

/** For bash: every list in one `case`, so that nothing runs but the shell itself. */
export function bashScript(name: string, nodes: readonly OutlineNode[]): string {
  return `# bash completion of ${name}
_${name}_complete() {
  local word at="" i
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}"
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "$at/$word" in
${steps(nodes).join('\n')}
    */--) return ;;
    esac
  done
  case "$at $previous" in
${nodes.flatMap((node) => bashValues(node)).join('\n')}
  esac
  case "$at" in
${nodes.map((node) => `  ${quote(node.path)}) COMPREPLY=($(compgen -W ${quote(wordsOf(node).join(' '))} -- "$current")) ;;`).join('\n')}
  esac
}
complete -o default -F _${name}_complete ${name}
`;
}

/** For zsh, with the descriptions. */
export function zshScript(name: string, nodes: readonly OutlineNode[]): string {
  return `#compdef ${name}
_${name}_complete() {
  local word at="" i
  local -a found
  for ((i = 2; i < CURRENT; i++)); do
    word="\${words[i]}"
    case "$at/$word" in
${steps(nodes).join('\n')}
    */--) _normal; return ;;
    esac
  done
  case "$at \${words[CURRENT - 1]}" in
${nodes.flatMap((node) => zshValues(node)).join('\n')}
  esac
  case "$at" in
${nodes.map((node) => `  ${quote(node.path)}) found=(${described(node).join(' ')}) ;;`).join('\n')}
  esac
  _describe '${name}' found || _files
}
compdef _${name}_complete ${name}
`;
}

/** A word that names a subcommand leads to it; all others leave the place as it is. */
function steps(nodes: readonly OutlineNode[]): string[] {
  return nodes.flatMap((node) =>
    node.subcommands.map(({ text }) => {
      const next = `${node.path} ${text}`.trim();
      return `    ${quote(`${node.path}/${text}`)}) at=${quote(next)} ;;`;
    }),
  );
}

function bashValues(node: OutlineNode): string[] {
  return node.valueFlags.map(({ names, choices }) => {
    const pattern = names.map((flag) => quote(`${node.path} ${flag}`)).join(' | ');
    const reply = choices.length === 0 ? '' : `COMPREPLY=($(compgen -W ${quote(choices.join(' '))} -- "$current")); `;
    return `  ${pattern}) ${reply}return ;;`;
  });
}

function zshValues(node: OutlineNode): string[] {
  return node.valueFlags.map(({ names, choices }) => {
    const pattern = names.map((flag) => quote(`${node.path} ${flag}`)).join(' | ');
    const reply = choices.length === 0 ? '_files' : `compadd -- ${choices.map(quote).join(' ')}`;
    return `  ${pattern}) ${reply}; return ;;`;
  });
}

function wordsOf({ subcommands, flags, argumentChoices }: OutlineNode): string[] {
  return [...argumentChoices, ...[...subcommands, ...flags].map(({ text }) => text)];
}

function described({ subcommands, flags, argumentChoices }: OutlineNode): string[] {
  const words: Word[] = [...argumentChoices.map((text) => ({ text, description: '' })), ...subcommands, ...flags];
  return words.map(({ text, description }) =>
    quote(description === '' ? text : `${text}:${description.replaceAll(':', '\\:')}`),
  );
}

/** In single quotes nothing is special but the quote itself. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
