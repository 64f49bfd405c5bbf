// The words for screen readers: one polite region, spoken when a reply starts and when it ends.

let spoken = $state("");

export function announcement(): string {
  return spoken;
}

export function announce(text: string): void {
  spoken = text;
}
