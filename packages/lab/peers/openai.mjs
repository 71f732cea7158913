// The namespace whole: instrumentations patch the package rather than a client.
export * as openai from 'openai';
