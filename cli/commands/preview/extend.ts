import type { Command } from "commander";
import { line, paint, say, sayJson } from "../../console/output";
import { checkTtl } from "../../preview/duration";
import { moveExpiry } from "../../preview/expiry";
import { extend } from "../../preview/life-cycle";
import type { Metadata } from "../../preview/metadata";
import { PreviewPlatform } from "../../preview/platform";
import { viewOf } from "../../preview/view";
import { ends } from "./list";
import { examples, previewOf, storeHere, type WantedFlags, withBranch } from "./options";

interface Flags extends WantedFlags {
  readonly ttl?: string;
  readonly json?: boolean;
}

/** Adds `groundplan preview extend`. */
export function addExtend(preview: Command): void {
  withBranch(
    preview
      .command("extend")
      .argument("[name]", "preview to extend")
      .summary("let a preview live longer")
      .description("Begins the time of a preview anew, from now on."),
  )
    .option("--ttl <time>", "how long it lives from now on, e.g. 12h, 7d or 2w (default: as before)")
    .option("--json", "print the preview as JSON")
    .addHelpText("after", examples("extend payment-api", "extend payment-api --ttl 14d"))
    .action(run);
}

async function run(name: string | undefined, flags: Flags): Promise<void> {
  const platform = PreviewPlatform.find();
  const store = storeHere(platform);
  const before = await previewOf(store, name, flags);
  const ttl = flags.ttl ?? before.ttl;
  const now = Date.now();
  const expiresAt = new Date(now + checkTtl(ttl)).toISOString();
  const { region } = platform.bucket;
  const metadata = await store.change(before.name, (found: Metadata | undefined) =>
    // One that is gone meanwhile is not written anew: nothing stands behind it.
    extend(found ?? { ...before, status: "gone" }, { ttl, expiresAt, now: new Date(now).toISOString() }),
  );
  const { scheduleGroup } = await platform.shared();
  await moveExpiry(before.name, scheduleGroup, region, expiresAt);
  if (flags.json) return sayJson({ format: "groundplan.preview", version: 1, ...viewOf(metadata) });
  say(line`${paint.good("Extended")}: preview ${paint.strong(metadata.name)} is ${ends(metadata)}`);
}
