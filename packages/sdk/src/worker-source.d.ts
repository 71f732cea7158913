/** The worker, bundled to one CommonJS text by the build, so that an application's bundler needs no configuration. */
export declare const workerSource: string;
