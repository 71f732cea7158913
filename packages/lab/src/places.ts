import { fileURLToPath } from 'node:url';
import type { LabPlaces } from './runner/take-sample.js';

/** Where things are when the lab runs from its built package. */
export function labPlaces(): LabPlaces {
  const peers = new URL('../peers/', import.meta.url);
  const module = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
  return {
    sampleModule: module('./sample/main.js'),
    loadModule: module('./load/main.js'),
    sinkModule: module('./sink/main.js'),
    collectorModule: module('./collector/main.js'),
    calibrationModule: module('./prediction/calibration/main.js'),
    peersDirectory: fileURLToPath(peers),
    peersUrl: peers.href,
  };
}
