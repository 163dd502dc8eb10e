import distance from "damerau-levenshtein";
import { firstOf } from "./words";

/** Edits that a name may be away from what was meant; commander has the same limits for commands and options. */
const MOST_EDITS = 3;

/** Part of a name that has to be right. */
const LEAST_ALIKE = 0.4;

/** The known names that are nearest to one that is not known; none when all are too far away. */
export function nearest(name: string, known: readonly string[]): readonly string[] {
  const near = known
    .map((one) => ({ one, ...distance(name.toLowerCase(), one.toLowerCase()) }))
    .filter(({ steps, similarity }) => steps <= MOST_EDITS && similarity > LEAST_ALIKE);
  const fewest = Math.min(...near.map(({ steps }) => steps));
  return near.filter(({ steps }) => steps === fewest).map(({ one }) => one);
}

/** Names that are listed; of more, the first. */
const MOST_NAMES = 20;

/** What to write in place of an unknown name: what was meant, else which names there are. A line each. */
export function insteadOf(name: string, known: readonly string[]): readonly string[] {
  const near = nearest(name, known);
  return [
    ...(near.length > 0 ? [`did you mean ${near.slice(0, 3).join(" or ")}?`] : []),
    ...(known.length > 0 ? [`use one of ${firstOf(known, MOST_NAMES)}`] : []),
  ];
}
