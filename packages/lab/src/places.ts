import { fileURLToPath } from 'node:url';
import type { HandlerPlaces } from './handler/run.js';
import type { LabPlaces } from './runner/take-sample.js';

/** Where things are when the lab runs from its built package. */
export function labPlaces(): LabPlaces & HandlerPlaces {
  const peers = new URL('../peers/', import.meta.url);
  const module = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
  return {
    sampleModule: module('./sample/main.js'),
    loadModule: module('./load/main.js'),
    sinkModule: module('./sink/main.js'),
    collectorModule: module('./collector/main.js'),
    redisModule: module('./redis/main.js'),
    llmModule: module('./llm/main.js'),
    calibrationModule: module('./prediction/calibration/main.js'),
    peersDirectory: fileURLToPath(peers),
    handlerModule: module('./handler/main.js'),
    peersUrl: peers.href,
    pythonDirectory: module('../python/'),
    mistakesDirectory: fileURLToPath(new URL('../../../examples/mistakes', import.meta.url)),
    nodeVersionsDirectory: module('../../sdk/compat/node-versions/'),
  };
}
