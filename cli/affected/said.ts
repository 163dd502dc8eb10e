import { type Line, line, linesOf, paint } from "../console/output";
import { pluralize } from "../console/words";
import type { AffectedResult, AffectedStack } from "./result";

const SIGNS: Readonly<Record<AffectedStack["change"], string>> = {
  added: "+",
  changed: "~",
  removed: "−",
  downstream: "↓",
};

/** What a change affects, for people. */
export function affectedLines({ everything, stacks, unaffected }: AffectedResult): readonly Line[] {
  return [
    ...(everything ? linesOfEverything(everything) : []),
    ...stacks.flatMap(({ name, change, reasons }) => [
      line`${SIGNS[change]} ${paint.strong(name)} ${change}`,
      ...reasons.map((reason) => line`    ${reason}`),
    ]),
    ...(stacks.length === 0 && !everything
      ? [
          line`${paint.good("Nothing is affected")}: ${pluralize(unaffected.length, "stack is", "stacks are")} the same.`,
        ]
      : unaffected.length > 0
        ? [paint.faint(`not affected: ${unaffected.join(", ")}`)]
        : []),
  ];
}

function linesOfEverything({ side, reason }: NonNullable<AffectedResult["everything"]>): readonly Line[] {
  const why = side === "history" ? "there is no common commit" : `the ${side} does not synthesize`;
  return [
    line`${paint.warning("Everything counts as affected")}: ${why}`,
    ...linesOf(reason).map((one) => line`    ${one}`),
  ];
}
