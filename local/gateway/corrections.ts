import type { Correction, Forward } from "./service";

/**
 * Corrections one after the other: the first gets the emulator's answer, and each other the answer of the one before.
 *
 * What a correction asks on the way passes through those before it too.
 */
export function chain(corrections: readonly Correction[], emulator: Forward): Forward {
  return corrections.reduce<Forward>(
    (before, correction) => (request) =>
      correction.applies(request) ? correction.correct(request, before) : before(request),
    emulator,
  );
}

/** A correction of operations, by their names. */
export function ofOperations(names: readonly string[], correct: Correction["correct"]): Correction {
  return { applies: ({ operation }) => names.includes(operation), correct };
}
