/**
 * The page's style: no font, picture or file from elsewhere. Colours are variables, so that dark screens and paper only
 * name other ones; shapes say the same as the colours do.
 */
export const STYLE = `
:root { color-scheme: light dark; --back: #fff; --text: #1c2128; --soft: #59636e; --line: #d1d9e0; --panel: #f6f8fa;
  --own: #0a58ca; --peer: #9a4a00; --none: #59636e; --bad: #b3261e; --good: #1a6b2f; --row: #eef4ff; }
@media (prefers-color-scheme: dark) { :root { --back: #0f1419; --text: #e4e8ec; --soft: #9aa5b1; --line: #36404a;
  --panel: #182028; --own: #7db3ff; --peer: #f0a35e; --none: #9aa5b1; --bad: #ff8a80; --good: #7fd495; --row: #16263d; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 80rem; padding: 1rem 1rem 4rem; background: var(--back); color: var(--text);
  font: 1rem/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 1rem 0 .5rem; }
h2 { font-size: 1.4rem; line-height: 1.25; margin: 2.6rem 0 .6rem; padding-top: .6rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.1rem; margin: 1.8rem 0 .4rem; }
p, li { max-width: 46rem; }
a { color: var(--own); }
code { font: .9em ui-monospace, Consolas, Menlo, monospace; background: var(--panel); padding: .05em .3em; border-radius: .2em; }
nav ol { columns: 2 16rem; padding-left: 1.4rem; }
.lead { font-size: 1.15rem; }
.soft, figcaption, .note { color: var(--soft); font-size: .92rem; }
.scroll { overflow-x: auto; margin: .8rem 0; border: 1px solid var(--line); border-radius: .4rem; }
.scroll:focus-visible { outline: 2px solid var(--own); }
table { border-collapse: collapse; width: 100%; font-size: .92rem; line-height: 1.4; }
caption { text-align: left; padding: .5rem .7rem; font-weight: 600; background: var(--panel); }
th, td { padding: .4rem .7rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
thead th { color: var(--soft); font-weight: 600; vertical-align: bottom; } thead th.n { white-space: normal; min-width: 5.5rem; }
tbody th { font-weight: 600; min-width: 9rem; overflow-wrap: normal; }
td { min-width: 7rem; } td.wide { min-width: 14rem; } tbody th.wide { min-width: 11rem; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } td.n { min-width: 0; }
tr.own > * { background: var(--row); } tr.quiet > * { color: var(--soft); }
.bad, .missed .verdict { color: var(--bad); font-weight: 600; } .good { color: var(--good); font-weight: 600; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: .8rem; padding: 0; list-style: none; }
.tiles li { border: 1px solid var(--line); border-radius: .4rem; padding: .7rem .9rem; background: var(--panel); }
.tiles strong { display: block; font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
figure { margin: 1rem 0 1.6rem; max-width: 52rem; }
figure svg { display: block; width: 100%; overflow: visible; }
svg text { fill: var(--text); font: 13px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; }
svg text.tick { fill: var(--soft); font-size: 12px; } svg .grid { stroke: var(--line); stroke-width: 1; }
svg .base { stroke: var(--none); stroke-width: 1.5; stroke-dasharray: 4 3; }
svg .own { fill: var(--own); stroke: var(--own); } svg .peer { fill: var(--peer); stroke: var(--peer); }
svg .none { fill: var(--none); stroke: var(--none); }
svg text.own, svg text.peer, svg text.none { stroke: none; } svg text.own { font-weight: 700; fill: var(--own); }
svg text.peer, svg text.none { fill: var(--text); }
svg .hollow { fill: var(--back); stroke-width: 2; } svg .whisker { stroke-width: 2; } svg .link { stroke-width: 1; opacity: .6; }
svg .curve { fill: none; stroke-width: 2; vector-effect: non-scaling-stroke; } svg .curve.thin { stroke-width: 1; opacity: .7; }
svg .busy { fill: var(--peer); opacity: .16; }
dl.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .2rem 1rem; }
dl.facts dd { margin: 0; overflow-wrap: anywhere; }
details > summary { cursor: pointer; color: var(--own); }
@media (max-width: 40rem) { h1 { font-size: 1.5rem; } dl.facts { grid-template-columns: minmax(0, 1fr); } dl.facts dt { font-weight: 600; } }
@media print {
  :root { color-scheme: light; --back: #fff; --text: #000; --soft: #444; --line: #bbb; --panel: #f4f4f4; --own: #0a46a0;
    --peer: #8a3f00; --none: #555; --bad: #a01811; --good: #14532d; --row: #eef3fb; }
  html { font-size: 9.5pt; } body { max-width: none; padding: 0; } p, li { max-width: none; } nav { display: none; }
  .scroll { overflow: visible; border: 0; } table { font-size: 7.5pt; } th, td { padding: .2rem .35rem; }
  td, td.wide, tbody th, tbody th.wide, thead th.n { min-width: 0; } .n { white-space: normal; } thead { display: table-header-group; }
  tr, figure, .tiles li { break-inside: avoid; } h2, h3, caption { break-after: avoid; } a { color: inherit; text-decoration: none; }
  @page { size: A4; margin: 14mm 12mm; }
}
`;
