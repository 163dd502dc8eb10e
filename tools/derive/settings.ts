import type { Platform } from "../../overlays/settings/platform";

const PROMOTION = /("promotion": )\[[^\]]*\]/;

/** A `cdktf.json` with the promotion of the platform, by which the command line orders environments; the rest stays as it is. */
export function deriveSettings(text: string, { promotion }: Pick<Platform, "promotion">): string {
  if (!PROMOTION.test(text)) {
    throw new Error(
      `cdktf.json does not say in which order environments are applied\n  write: "groundplan": {"promotion": []}`,
    );
  }
  return text.replace(
    PROMOTION,
    (_, key: string) => `${key}[${promotion.map((name) => JSON.stringify(name)).join(", ")}]`,
  );
}
