/** What other programs may use of the command: the check of the books, and its exit codes. */
export { type Balance, type CollectorBalance, checkBooks, type ProcessBalance, type Verdict } from './books/balance.js';
export { EXIT_CODE, type ExitCodeName } from './exit-codes.js';
