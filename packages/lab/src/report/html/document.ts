import { escapeHtml, type Html } from './markup.js';
import { STYLE } from './style.js';

/** A whole page that needs nothing beside itself: no script, no file, no request. */
export function drawDocument(title: string, body: Html): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>${body.markup}
</main>
</body>
</html>
`;
}
