/** Writes protobuf fields one byte at a time, as encoders do that are written in JavaScript alone. */
export class ByteWriter {
  readonly bytes: Uint8Array;
  at = 0;

  constructor(capacityBytes: number) {
    this.bytes = new Uint8Array(capacityBytes);
  }

  /** A field of a few bytes: tag, length, text. Begins again at the front when the room ends. */
  field(number: number, text: string): void {
    if (this.at + text.length + 8 > this.bytes.length) this.at = 0;
    this.varint((number << 3) | 2);
    this.varint(text.length);
    // A loop of its own: what the compiler learns from short texts would otherwise be in the price of long ones.
    for (let index = 0; index < text.length; index++) this.bytes[this.at++] = text.charCodeAt(index);
  }

  /** One-byte text by a loop that looks first, other text by `TextEncoder`. */
  text(text: string): void {
    if (this.at + text.length * 3 > this.bytes.length) this.at = 0;
    if (isAscii(text)) {
      for (let index = 0; index < text.length; index++) this.bytes[this.at++] = text.charCodeAt(index);
    } else {
      const encoded = ENCODER.encode(text);
      this.bytes.set(encoded, this.at);
      this.at += encoded.length;
    }
  }

  private varint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.bytes[this.at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.at++] = rest;
  }
}

const ENCODER = new TextEncoder();

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7f) return false;
  return true;
}

/** How many bytes a text has in UTF-8, found character by character. */
export function utf8LengthByLoop(text: string): number {
  let length = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) length += 1;
    else if (unit < 0x800) length += 2;
    else length += 3;
  }
  return length;
}
