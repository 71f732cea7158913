// Loads an entry point of the package both ways, and says what each gives.
import { createRequire } from 'node:module';

const [, , name] = process.argv;
const imported = Object.keys(await import(name)).sort();
const required = Object.keys(createRequire(import.meta.url)(name))
  .filter((key) => key !== '__esModule')
  .sort();
process.stdout.write(`${JSON.stringify([imported, required])}\n`);
