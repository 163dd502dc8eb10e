import type { ImageManifest } from "./manifest";

/** What a release is said to be. */
export interface ReleaseContent {
  readonly image: string;
  readonly version: string;
  readonly manifests: readonly ImageManifest[];

  /** Lists of packages, by the names of their files. @default - none */
  readonly packages?: ReadonlyMap<string, string>;

  /** Regions that were wanted and have no AMI. */
  readonly missing: readonly string[];
}

/**
 * The text of a release, in Markdown.
 *
 * It holds no text that somebody has written: Regions and ids of AMIs have forms of their own, and what has not is left out.
 */
export function releaseNotes({ image, version, manifests, packages, missing }: ReleaseContent): string {
  const rows = [...manifests]
    .filter(({ region, ami }) => /^[a-z0-9-]+$/.test(region) && /^ami-[0-9a-f]+$/.test(ami))
    .sort((a, b) => (a.region < b.region ? -1 : 1));
  const [first] = rows;
  const commit = /^[0-9a-f]{40,64}$/.exec(first?.commit ?? "")?.[0];
  const gone = missing.filter((one) => /^[a-z0-9-]+$/.test(one));
  const own = rows.filter((one) => !one.public).map(({ region }) => region);
  const whoStarts =
    own.length === 0
      ? "Each can be started by every account."
      : `**Not public yet:** ${own.join(", ")}. There it can be started by its own account alone.`;
  return [
    `AMIs of \`${image}\` ${version}${commit ? `, built from ${commit}` : ""}. ${whoStarts}`,
    "",
    "| Region | AMI | architecture |",
    "|---|---|---|",
    ...rows.map(
      ({ region, ami, architecture }) =>
        `| ${region} | \`${ami}\` | ${/^\w+$/.exec(architecture)?.[0] ?? ""} |`,
    ),
    "",
    ...(gone.length > 0
      ? [`**Not in this release:** ${gone.join(", ")}. A later version has them.`, ""]
      : []),
    ...(first
      ? [
          "```bash",
          `aws ec2 run-instances --region ${first.region} --image-id ${first.ami} --instance-type t4g.small --metadata-options HttpTokens=required`,
          "```",
          "",
        ]
      : []),
    "Each Region's file `manifest-<region>.json` says the same for programs.",
    ...((packages?.size ?? 0) > 0
      ? ["What is installed in an AMI, and in its copies, is listed in `packages-<region>`."]
      : []),
    "",
  ].join("\n");
}
