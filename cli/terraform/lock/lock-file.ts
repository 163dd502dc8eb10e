/** The locked version of one provider. */
export interface LockedProvider {
  /** Full address, e.g. `registry.terraform.io/hashicorp/aws`. */
  readonly address: string;
  readonly version: string;

  /** Constraints as Terraform writes them, e.g. `>= 5.100.0, < 7.0.0`. */
  readonly constraints: string;

  /** Checksums: `h1:` of a package's content, one for each platform, and `zh:` of the published archives. */
  readonly hashes: readonly string[];
}

const HEADER = `# This file is maintained automatically by "terraform init".
# Manual edits may be lost in future updates.
`;

/**
 * Reads a provider lock.
 *
 * @see https://developer.hashicorp.com/terraform/language/files/dependency-lock
 */
export function parseLock(text: string): readonly LockedProvider[] {
  return [...text.matchAll(/^provider "([^"]+)" \{\n([\s\S]*?)^\}/gm)].map(([, address = "", body = ""]) => ({
    address,
    version: /^\s*version\s*=\s*"([^"]*)"/m.exec(body)?.[1] ?? "",
    constraints: /^\s*constraints\s*=\s*"([^"]*)"/m.exec(body)?.[1] ?? "",
    hashes: [...body.matchAll(/"((?:h1|zh):[^"]+)"/g)].map(([, hash = ""]) => hash),
  }));
}

/** Writes a provider lock as Terraform does: providers and checksums in order. */
export function formatLock(providers: readonly LockedProvider[]): string {
  const blocks = [...providers]
    .sort((one, other) => (one.address < other.address ? -1 : 1))
    .map(({ address, version, constraints, hashes }) =>
      [
        `provider "${address}" {`,
        `  version     = "${version}"`,
        ...(constraints === "" ? [] : [`  constraints = "${constraints}"`]),
        "  hashes = [",
        ...[...new Set(hashes)].sort().map((hash) => `    "${hash}",`),
        "  ]",
        "}",
      ].join("\n"),
    );
  return `${[HEADER, ...blocks.map((block) => `${block}\n`)].join("\n")}`;
}

/** Adds the checksums that were known before to providers whose version has stayed. */
export function keepKnown(
  renewed: readonly LockedProvider[],
  known: readonly LockedProvider[],
): readonly LockedProvider[] {
  return renewed.map((provider) => {
    const before = known.find(
      ({ address, version }) => address === provider.address && version === provider.version,
    );
    return before
      ? { ...provider, hashes: [...new Set([...before.hashes, ...provider.hashes])].sort() }
      : provider;
  });
}
