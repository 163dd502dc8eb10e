import type { Command } from "commander";
import { EXIT } from "../../console/exit-codes";
import { line, paint, say, sayJson } from "../../console/output";
import { checkPreviews } from "../../preview/checks";
import { PreviewPlatform } from "../../preview/platform";
import { examples } from "./options";

/** Adds `groundplan preview doctor`. */
export function addDoctor(preview: Command): void {
  preview
    .command("doctor")
    .summary("check what previews need: settings, bucket, zone, certificate, quotas")
    .description(
      "Checks all that has to be there before a preview can be made, and says what is missing and what to do.",
    )
    .option("--json", "print the findings as JSON")
    .addHelpText("after", examples("doctor"))
    .action(async ({ json }: { readonly json?: boolean }) => {
      const findings = await checkPreviews(PreviewPlatform.find());
      const isGood = findings.every(({ level }) => level !== "fail");
      if (!isGood) process.exitCode = EXIT.FAILED;
      if (json) return sayJson({ format: "groundplan.preview.doctor", version: 1, ok: isGood, findings });
      for (const { check, level, found, instead } of findings) {
        const mark =
          level === "ok" ? paint.good("✓") : level === "warn" ? paint.warning("!") : paint.bad("✗");
        say(line`${mark} ${check}: ${found}`);
        if (instead !== undefined) say(line`    ${instead}`);
      }
      return undefined;
    });
}
