import RUNTIMES from "../artifact/runtimes.json";
import type { Stack } from "../project/project";
import { type Finding, ok, warn } from "./finding";
import SUPPORT from "./support.json";

/** Days before an end of support from which it is said. */
export const NOTICE_DAYS = 90;

/** A version that stacks pin and that has an end of support. */
export interface PinnedVersion {
  /** What it is a version of, in the words of the table: `kubernetes`, `runtimes`, `charts` or `images`. */
  readonly kind: keyof typeof TABLE;

  /** As the table has it, e.g. `1.35`, `nodejs22.x` or `argo-cd 3.4`. */
  readonly version: string;

  /** Stacks that pin it. */
  readonly stacks: readonly string[];
}

const TABLE = {
  kubernetes: ["Kubernetes", SUPPORT.kubernetes],
  runtimes: ["Lambda runtime", RUNTIMES],
  charts: ["", SUPPORT.charts],
  images: ["Amazon Linux", SUPPORT.images],
} as const;

/** The first day without support, `YYYY-MM-DD`; undefined where none is published or known. */
export function endOfSupport({ kind, version }: Pick<PinnedVersion, "kind" | "version">): string | undefined {
  return (TABLE[kind][1].until as Readonly<Record<string, string>>)[version];
}

/** Versions whose day nobody has published: it is the one that the project's rhythm of releases leads to. */
const EXPECTED: ReadonlySet<string> = new Set(SUPPORT.charts.expected);

/** Charts whose version is that of the program which they install. */
const VERSIONED_ALIKE: ReadonlySet<string> = new Set(["cert-manager"]);

/** What stacks pin: clusters and their images, functions, charts. */
export function pinnedVersions(stacks: readonly Pick<Stack, "name" | "json">[]): readonly PinnedVersion[] {
  const found = new Map<string, PinnedVersion>();
  const note = (kind: PinnedVersion["kind"], version: unknown, stack: string) => {
    if (typeof version !== "string" || version.includes("${")) return;
    const before = found.get(`${kind} ${version}`)?.stacks ?? [];
    const all = before.includes(stack) ? before : [...before, stack];
    found.set(`${kind} ${version}`, { kind, version, stacks: all });
  };
  for (const { name, json } of stacks) {
    const of = (type: string): readonly Readonly<Record<string, unknown>>[] =>
      Object.values((json.resource?.[type] ?? {}) as Record<string, Readonly<Record<string, unknown>>>);
    for (const { version } of of("aws_eks_cluster")) note("kubernetes", version, name);
    for (const { runtime } of of("aws_lambda_function")) note("runtimes", runtime, name);
    for (const { ami_type: type } of of("aws_eks_node_group"))
      note("images", /^AL2(?:023)?(?=_)/.exec(String(type))?.[0], name);
    for (const { chart, version, values } of of("helm_release")) {
      const [, tag] = /"image":\{(?:[^{}]*,)?"tag":"v(\d+\.\d+)/.exec(String(values)) ?? [];
      // Without an image of its own a chart installs what its version says, where the two are one.
      const [, own] = /^v?(\d+\.\d+)\./.exec(String(version)) ?? [];
      const line = tag ?? (VERSIONED_ALIKE.has(String(chart)) ? own : undefined);
      if (line !== undefined) note("charts", `${String(chart)} ${line}`, name);
    }
  }
  return [...found.values()];
}

/** What there is to say of versions on a day: those past their end of support, or within {@link NOTICE_DAYS} of it. */
export function supportWarnings(versions: readonly PinnedVersion[], today: Date): readonly string[] {
  return versions.flatMap((one) => {
    const until = endOfSupport(one);
    if (until === undefined) return [];
    const days = Math.ceil((Date.parse(until) - today.getTime()) / 86_400_000);
    if (days > NOTICE_DAYS) return [];
    const what = `${TABLE[one.kind][0]} ${one.version}`.trim();
    const when = EXPECTED.has(one.version)
      ? `${days <= 0 ? "was" : "is"} expected to lose its support on ${until}`
      : days <= 0
        ? `is without support since ${until}`
        : `loses its support on ${until}`;
    return [`${what} ${when} (${one.stacks.join(", ")})`];
  });
}

/** Whether what the stacks pin is supported, and stays so for a while. */
export function checkSupport(stacks: readonly Stack[], today = new Date()): Finding {
  const versions = pinnedVersions(stacks);
  const warnings = supportWarnings(versions, today);
  const known = versions.filter((one) => endOfSupport(one) !== undefined);
  if (warnings.length === 0)
    return ok(
      "Support",
      known.length === 0
        ? "no version with an end of support"
        : known.map(({ version }) => version).join(", "),
    );
  return warn("Support", warnings.join("; "), `upgrade them; the dates were checked on ${SUPPORT.checked}`);
}
