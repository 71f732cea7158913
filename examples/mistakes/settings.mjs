const LOCAL_COLLECTOR = 'http://127.0.0.1:4318';

/** The only file that reads the environment: every program gets its settings from here. */
export const settings = readSettings(process.env);

/** @param {NodeJS.ProcessEnv} environment */
function readSettings(environment) {
  return {
    slipstreamUrl: environment.SLIPSTREAM_URL || LOCAL_COLLECTOR,
    langfuseUrl: environment.LANGFUSE_BASE_URL || LOCAL_COLLECTOR,
    langfuseKeys: {
      publicKey: environment.LANGFUSE_PUBLIC_KEY || 'pk-lf-mistakes',
      secretKey: environment.LANGFUSE_SECRET_KEY || 'sk-lf-mistakes',
    },
  };
}
