import type { LangfuseMask } from './arm.js';

/** As an application writes them for one line of a mask: most addresses and most phone numbers, nothing clever. */
const EMAIL = /\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,3}\b/g;
const PHONE = /(?<!\w)(?:\+\d{1,3}[ .-]?)?\(?\d{2,4}\)?(?:[ .-]?\d{3,4}){2}(?!\w)/g;

/** Addresses and phone numbers: what the built-in rules `emails` and `phones` of Slipstream are about. */
export const maskPeople: LangfuseMask = ({ data }) =>
  typeof data === 'string' ? data.replace(EMAIL, '[email]').replace(PHONE, '[phone]') : data;
