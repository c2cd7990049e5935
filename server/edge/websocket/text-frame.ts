const finalText = 0x81;
const extended16 = 126;
const extended64 = 127;

/**
 * A whole text frame as a server sends it: final, not masked (RFC 6455, section 5.2). Ready to be written, so that one
 * buffer serves every socket it goes to and the frames of one turn leave as one piece.
 */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  if (length < extended16) {
    const frame = start(2, length, length);
    frame.write(text, 2);
    return frame;
  }
  if (length < 0x1_0000) {
    const frame = start(4, length, extended16);
    frame.writeUInt16BE(length, 2);
    frame.write(text, 4);
    return frame;
  }
  const frame = start(10, length, extended64);
  frame.writeBigUInt64BE(BigInt(length), 2);
  frame.write(text, 10);
  return frame;
}

/** The text that such a frame carries, in UTF-8; the same memory. */
export function payloadOf(frame: Buffer): Buffer {
  const length = frame[1];
  return frame.subarray(length === extended64 ? 10 : length === extended16 ? 4 : 2);
}

function start(header: number, length: number, lengthByte: number): Buffer {
  const frame = Buffer.allocUnsafe(header + length);
  frame[0] = finalText;
  frame[1] = lengthByte;
  return frame;
}
