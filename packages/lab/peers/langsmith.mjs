export { Client } from 'langsmith';
export { traceable } from 'langsmith/traceable';
