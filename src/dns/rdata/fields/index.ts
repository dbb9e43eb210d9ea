/** The field codecs that RR types are put together from. */
export { ipv4, ipv6 } from "./addresses.ts";
export { base64ToEnd, dashedHex, hashedName, hexQuads, hexToEnd, salt, typeBitmap } from "./binary.ts";
export { compressedName, decompressedName, lowerCasedName, plainName } from "./names.ts";
export { algorithm, moment, rrType, seconds, u8, u16, u32 } from "./numbers.ts";
export { characterString, characterStrings, optionalCharacterString, textToEnd } from "./strings.ts";
