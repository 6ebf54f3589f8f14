/** Remainder of each byte, for the polynomial with its bits reversed. */
const TABLE: Int32Array = Int32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0)
  return remainder
})

/**
 * The checksum of zip, gzip and PNG: CRC-32 of the UTF-8 bytes of a text, as 8 hexadecimal digits. It tells
 * every change within 32 bits in a row, and misses one in 2^32 of other changes; it is no protection against
 * intent.
 * @see RFC 1952, "GZIP file format specification version 4.3", Sec. 8
 */
export function crc32(text: string): string {
  const bytes = new TextEncoder().encode(text)
  let crc = -1
  for (let i = 0; i < bytes.length; i++) crc = TABLE[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8)
  return (~crc >>> 0).toString(16).padStart(8, '0')
}
