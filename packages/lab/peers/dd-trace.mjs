export { default as tracer } from 'dd-trace';
