import type { Command } from "commander";
import { table } from "../../artifact/overview";
import { line, say, sayJson } from "../../console/output";
import { costsOf } from "../../preview/costs";
import { examples, storeHere } from "./options";

/** Adds `groundplan preview cost`. */
export function addCost(preview: Command): void {
  preview
    .command("cost")
    .argument("[name]", "one preview (default: all)")
    .summary("show what previews cost a month, and until now")
    .description(
      "Shows what each preview costs a month by its plan, and what that makes since it was made. One whose price nobody knows is counted.",
    )
    .option("--owner <owner>", "only those of an owner")
    .option("--json", "print it as JSON")
    .addHelpText("after", examples("cost", "cost payment-api --json"))
    .action(
      async (
        name: string | undefined,
        { owner, json }: { readonly owner?: string; readonly json?: boolean },
      ) => {
        const store = storeHere();
        const all =
          name === undefined
            ? (await store.all()).flatMap((one) => ("metadata" in one ? [one.metadata] : []))
            : [await store.get(name)];
        const costs = costsOf(
          all.filter((one) => one.status !== "gone" && (owner === undefined || one.owner === owner)),
          Date.now(),
        );
        if (json) return sayJson({ format: "groundplan.preview.cost", version: 1, ...costs });
        const dollars = (amount: number | undefined) =>
          amount === undefined ? "unknown" : `$${amount.toFixed(2)}`;
        table(
          ["preview", "owner", "status", "a month", "until now"],
          costs.previews.map((one) => [
            one.name,
            one.owner,
            one.status,
            dollars(one.monthly),
            dollars(one.soFar),
          ]),
        );
        say(
          line`${dollars(costs.monthly)} a month${costs.unknown === 0 ? "" : `, and ${costs.unknown} whose price is not known`}`,
        );
        return undefined;
      },
    );
}
