// Names as they are searched for: as portal/kit/names.py folds them, letters without their accents, words apart.
const PLAIN = { "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ß": "ss" };

export function fold(text) {
  const bare = text.toLowerCase().replace(/['’ʼ`´]/g, "").replace(/[øłđðþæœıß]/g, (letter) => PLAIN[letter]);
  return bare.normalize("NFKD").replace(/\p{M}/gu, "").split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}
