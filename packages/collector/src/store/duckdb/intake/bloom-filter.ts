const HASHES_PER_KEY = 8;
/** With 8 hashes, 16 bits a key give one false "maybe" in 1,700. */
const BITS_PER_KEY = 16;
const FIRST_CAPACITY_KEYS = 1 << 17;

interface Layer {
  readonly words: Uint32Array;
  readonly capacityKeys: number;
  keys: number;
}

/**
 * Says of a text key "never added" for certain, or "maybe". Grows by layers that double, so that it takes 2 to 4 bytes
 * a key at any size.
 */
export class BloomFilter {
  readonly #layers: Layer[] = [createLayer(FIRST_CAPACITY_KEYS)];

  add(key: string): void {
    const [first, second] = hashPair(key);
    let layer = this.#newest();
    if (layer.keys >= layer.capacityKeys) {
      layer = createLayer(layer.capacityKeys * 2);
      this.#layers.push(layer);
    }
    layer.keys += 1;
    for (let index = 0; index < HASHES_PER_KEY; index += 1) {
      const bit = bitOf(layer, first, second, index);
      layer.words[bit >>> 5] = (layer.words[bit >>> 5] ?? 0) | (1 << (bit & 31));
    }
  }

  mayContain(key: string): boolean {
    const [first, second] = hashPair(key);
    return this.#layers.some((layer) => {
      for (let index = 0; index < HASHES_PER_KEY; index += 1) {
        const bit = bitOf(layer, first, second, index);
        if (((layer.words[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false;
      }
      return true;
    });
  }

  #newest(): Layer {
    const layer = this.#layers[this.#layers.length - 1];
    return layer ?? createLayer(FIRST_CAPACITY_KEYS);
  }
}

function createLayer(capacityKeys: number): Layer {
  return { words: new Uint32Array((capacityKeys * BITS_PER_KEY) / 32), capacityKeys, keys: 0 };
}

/** Double hashing: bit i is `first + i * second`, modulo a power of two. */
function bitOf(layer: Layer, first: number, second: number, index: number): number {
  return (first + Math.imul(index, second | 1)) & (layer.words.length * 32 - 1);
}

/** Two independent 32-bit hashes (FNV-1a with two offsets, each finished by murmur3's mixer). */
function hashPair(key: string): readonly [number, number] {
  let first = 0x811c9dc5;
  let second = 0x9747b28c;
  for (let index = 0; index < key.length; index += 1) {
    const code = key.charCodeAt(index);
    first = Math.imul(first ^ code, 0x01000193);
    second = Math.imul(second ^ code, 0x85ebca6b);
  }
  return [mix(first), mix(second)];
}

function mix(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
