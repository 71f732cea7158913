export { Langfuse } from 'langfuse';
