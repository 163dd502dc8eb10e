import type { Platform } from "../../overlays/settings/platform";

/** The repository in the identity of a workflow that signs images. */
const SIGNER = /("subject": "https:\/\/github\.com\/)[^/"]+\/[^/"]+(?=\/\.github\/workflows\/)/g;

const PROMOTION = /("promotion": )\[[^\]]*\]/;

/**
 * A `cdktf.json` with the promotion of the platform, by which the command line orders environments, and its repository in
 * the identities whose signatures of images count; the rest stays as it is.
 */
export function deriveSettings(
  text: string,
  { promotion, repository }: Pick<Platform, "promotion" | "repository">,
): string {
  if (!PROMOTION.test(text)) {
    throw new Error(
      `cdktf.json does not say in which order environments are applied\n  write: "groundplan": {"promotion": []}`,
    );
  }
  return text
    .replace(
      PROMOTION,
      (_, key: string) => `${key}[${promotion.map((name) => JSON.stringify(name)).join(", ")}]`,
    )
    .replaceAll(SIGNER, (_, before: string) => `${before}${repository}`);
}
