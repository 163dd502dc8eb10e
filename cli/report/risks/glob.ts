/** Thrown when comparing takes so long that a hostile document could keep the report busy. */
export class TooLarge extends Error {}

/** What comparing may still cost, in steps; a policy of AWS's greatest size takes some thousand. */
export class Effort {
  constructor(private left = 20_000_000) {}

  /** @throws TooLarge */
  spend(steps = 1): void {
    this.left -= steps;
    if (this.left < 0) throw new TooLarge();
  }
}

/** Whether a pattern with `*` and `?` takes in a text, which may have them too. */
export function matches(pattern: string, text: string, effort: Effort): boolean {
  effort.spend();
  if (pattern === text || pattern === "*") return true;
  if (!isPattern(pattern)) return false;
  // Without a regular expression: a pattern from a plan could make one that never ends.
  let at = 0;
  let from = 0;
  let star = -1;
  let resume = 0;
  while (from < text.length) {
    effort.spend();
    const char = pattern[at];
    if (char === "*") {
      star = at++;
      resume = from;
    } else if (char === text[from] || (char === "?" && text[from] !== "*")) {
      at++;
      from++;
    } else if (star >= 0) {
      at = star + 1;
      from = ++resume;
    } else return false;
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}

/** Whether there is a text that both patterns take in. */
export function overlaps(a: string, b: string, effort: Effort): boolean {
  if (!isPattern(a)) return matches(b, a, effort);
  if (!isPattern(b)) return matches(a, b, effort);
  // Each place in the table below costs as much as several steps of a match.
  effort.spend(8 * a.length * b.length);
  // Row by row: whether what is left of `a` from a place and what is left of `b` have a text in common.
  let below: boolean[] = [];
  for (let i = a.length; i >= 0; i--) {
    const row: boolean[] = [];
    for (let j = b.length; j >= 0; j--) {
      if (i === a.length && j === b.length) row[j] = true;
      else if (a[i] === "*") row[j] = below[j] === true || (j < b.length && row[j + 1] === true);
      else if (b[j] === "*") row[j] = row[j + 1] === true || (i < a.length && below[j] === true);
      else {
        const alike = i < a.length && j < b.length && (a[i] === b[j] || a[i] === "?" || b[j] === "?");
        row[j] = alike && below[j + 1] === true;
      }
    }
    below = row;
  }
  return below[0] === true;
}

/** Whether a text has a wildcard. */
export function isPattern(text: string): boolean {
  return /[*?]/.test(text);
}
