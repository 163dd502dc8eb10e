import { Faults } from "@groundplan/modules/core/errors";
import { NAME_RULES, nameFaults } from "@groundplan/modules/core/names";
import type { Platform } from "../platform";

/**
 * Judges the facts that a team sets once.
 *
 * @returns the same platform, so that a caller can hand it on.
 * @throws SynthError with every fault of `platform.ts`.
 */
export function checkPlatform(platform: Platform): Platform {
  const faults = new Faults();
  faults.addAll(nameFaults(NAME_RULES.platform, platform.name));
  // Both parts as GitHub takes them; the whole becomes a tag.
  if (!/^[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}\/[A-Za-z0-9._-]{1,100}$/.test(platform.repository)) {
    faults.add(
      `repository is ${JSON.stringify(platform.repository)}: not the owner and the name of a GitHub repository`,
      'use e.g. "example/platform"',
    );
  }
  if (!/^[a-z]{2}(?:-[a-z]+)+-\d$/.test(platform.region)) {
    faults.add(
      `region is ${JSON.stringify(platform.region)}: not the form of an AWS Region`,
      'use e.g. "us-east-1"',
    );
  }
  faults.throwIfAny("platform.ts");
  return platform;
}
