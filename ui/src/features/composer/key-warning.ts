// Recognises text that holds an API key, so that nobody sends one by mistake.

const keyShape = /\bsk-[A-Za-z0-9-]{16,}/;

export function looksLikeKey(text: string): boolean {
  return keyShape.test(text);
}
