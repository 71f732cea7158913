export { Laminar, observe } from '@lmnr-ai/lmnr';
