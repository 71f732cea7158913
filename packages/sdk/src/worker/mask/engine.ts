import type { MaskEngine } from './field-mask.js';
import { loadMaskFunction } from './load.js';
import { openTextMask } from './text-mask.js';

/** All that a mask can be asked for. Not part of the worker that applications without a mask have. */
export const maskEngine: MaskEngine = { open: openTextMask, load: loadMaskFunction };
