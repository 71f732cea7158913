// Ends in the turn in which it began: what it was told must be masked, and delivered, all the same.
const { configure, observe } = require('@slipstream/sdk');

configure({ service: 'short', mask: { rules: ['emails'], patterns: [{ name: 'order', pattern: /\bORD-\d{4}\b/ }] } });
observe((text) => text, { name: 'short' })('lan@example.com wants ORD-1234');
process.exit();
