/** The package's version; a test holds it against `package.json`. */
export const COLLECTOR_VERSION = '0.1.0';
