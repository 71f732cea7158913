/**
 * zod compiles validators with `new Function` unless told otherwise. The page's content security policy forbids
 * that, and although zod survives the refusal, each attempt is reported as a violation. This module must be
 * evaluated before any schema is made, so `main.tsx` imports it first.
 */
const config = globalThis as { __zod_globalConfig?: { jitless?: boolean } };
config.__zod_globalConfig = { ...config.__zod_globalConfig, jitless: true };

export {};
