import type { OutlineNode, Word } from './outline.js';

/** For PowerShell: tables of words, and a block that finds the one to offer. */
export function powershellScript(name: string, nodes: readonly OutlineNode[]): string {
  return `# PowerShell completion of ${name}
Register-ArgumentCompleter -Native -CommandName ${name} -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @{
${nodes.map((node) => `    ${quote(node.path)} = @(${wordsOf(node).map(pair).join(', ')})`).join('\n')}
  }
  $values = @{
${nodes.flatMap((node) => valuesOf(node)).join('\n')}
  }
  $typed = @($commandAst.CommandElements | Select-Object -Skip 1 | Where-Object {
      $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  $at = ''
  foreach ($word in $typed) {
    if ($word -eq '--') { return }
    $next = "$at $word".Trim()
    if ($words.ContainsKey($next)) { $at = $next }
  }
  $previous = if ($typed.Count -gt 0) { $typed[-1] } else { '' }
  $found = if ($values.ContainsKey("$at $previous")) { $values["$at $previous"] } else { $words[$at] }
  $found | Where-Object { $_.word -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_.word, $_.word, 'ParameterValue', $_.tip)
  }
}
`;
}

function wordsOf({ subcommands, flags, argumentChoices }: OutlineNode): Word[] {
  return [...argumentChoices.map((text) => ({ text, description: text })), ...subcommands, ...flags];
}

function valuesOf(node: OutlineNode): string[] {
  return node.valueFlags.flatMap(({ names, choices }) =>
    names.map((flag) => {
      const words = choices.map((text) => pair({ text, description: text }));
      return `    ${quote(`${node.path} ${flag}`)} = @(${words.join(', ')})`;
    }),
  );
}

/** A table and no list, since PowerShell takes a list of one list for that one. A tooltip must not be empty. */
function pair({ text, description }: Word): string {
  return `@{ word = ${quote(text)}; tip = ${quote(description || text)} }`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
