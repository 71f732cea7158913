export const MASKED = '****';

/** Names of variables whose whole value is secret. */
const SECRET_NAME = /TOKEN|SECRET|PASSW|PRIVATE|CREDENTIAL|AUTH|HEADERS|(?<!PUBLIC_)KEYS?$/;

/** Whether nothing of a variable's value may be shown. A structure may hold anything, also what is secret. */
export function isSecret(name: string, value: string): boolean {
  return SECRET_NAME.test(name) || /^\s*[[{]/.test(value);
}

/** A value without its secrets: all of it where the name says so, else what addresses in it may hold. */
export function maskValue(name: string, value: string): string {
  if (value === '') return value;
  return isSecret(name, value) ? MASKED : maskAddresses(value);
}

/** Addresses without user, password, and query, where keys like to be. */
export function maskAddresses(text: string): string {
  if (!text.includes('://')) return text;
  // Up to the last "@", because a password may hold one too.
  return text.replace(/:\/\/\S*@/g, `://${MASKED}@`).replace(/[?#]\S*/g, `?${MASKED}`);
}
