// What an application imports that makes spans and leaves the rest to whoever is registered.
export { trace } from '@opentelemetry/api';
