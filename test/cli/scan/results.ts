import { join } from "node:path";

/**
 * Results of scanners. What Hadolint 2.15.1, Checkov 3.3.30 and Syft 1.18.1 have written of a small Dockerfile and a lock
 * file is in the folder `results`; the databases of the others cannot be had in a test, so theirs are written by hand
 * after the golden files in their own repositories.
 */
export const REAL = {
  hadolint: join(__dirname, "results", "hadolint.sarif"),
  checkov: join(__dirname, "results", "checkov.sarif"),
  sbom: join(__dirname, "results", "sbom.json"),
};

/** Image that the scanners have looked at. */
export const IMAGE = "groundplan/prod/app@sha256:0a";

interface Vulnerability {
  readonly id: string;
  readonly severity: string;
  readonly name?: string;
  readonly version?: string;
  readonly fixed?: string;
  readonly title?: string;
  readonly aliases?: readonly string[];
}

/** What `trivy image --format json` writes. */
export function trivy(
  vulnerabilities: readonly Vulnerability[],
  more: readonly object[] = [],
  name = IMAGE,
): object {
  return {
    SchemaVersion: 2,
    ArtifactName: name,
    ArtifactType: "container_image",
    Trivy: { Version: "0.74.0" },
    Results: [
      {
        Target: "Node.js",
        Class: "lang-pkgs",
        Type: "node-pkg",
        Vulnerabilities: vulnerabilities.map((one) => ({
          VulnerabilityID: one.id,
          ...(one.aliases ? { VendorIDs: one.aliases } : {}),
          PkgName: one.name ?? "lodash",
          InstalledVersion: one.version ?? "4.17.15",
          FixedVersion: one.fixed ?? "4.17.21",
          Status: "fixed",
          Title: one.title ?? "command injection",
          Severity: one.severity,
          References: ["https://example.com"],
        })),
      },
      ...more,
    ],
  };
}

/** What `grype <image> -o json` writes. */
export function grype(vulnerabilities: readonly Vulnerability[], name = IMAGE): object {
  return {
    matches: vulnerabilities.map((one) => ({
      vulnerability: {
        id: one.id,
        severity: one.severity,
        urls: [],
        description: one.title ?? "Command injection in a template",
        fix: { versions: [one.fixed ?? "4.17.21"], state: "fixed" },
      },
      relatedVulnerabilities: (one.aliases ?? []).map((id) => ({ id })),
      matchDetails: [{ type: "exact-direct-match", matcher: "javascript-matcher" }],
      artifact: {
        name: one.name ?? "lodash",
        version: one.version ?? "4.17.15",
        type: "npm",
        locations: [{ path: "/app/node_modules/lodash/package.json" }],
      },
    })),
    source: { type: "image", target: { userInput: name, imageID: "sha256:1b" } },
    descriptor: { name: "grype", version: "0.121.2" },
  };
}

/** What `osv-scanner --format json` writes of a lock file. */
export function osv(
  ids: readonly string[],
  score: string,
  path = `${process.cwd()}/package-lock.json`,
): object {
  return {
    results: [
      {
        source: { path, type: "lockfile" },
        packages: [
          {
            package: { name: "lodash", version: "4.17.15", ecosystem: "npm" },
            vulnerabilities: [
              {
                id: ids[0],
                summary: "Command Injection in lodash",
                aliases: ids.slice(1),
                database_specific: { severity: "HIGH" },
                affected: [
                  {
                    package: { ecosystem: "npm", name: "lodash" },
                    ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: "4.17.21" }] }],
                  },
                  {
                    package: { ecosystem: "npm", name: "lodash-es" },
                    ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: "9.9.9" }] }],
                  },
                ],
              },
            ],
            groups: [{ ids: [ids[0]], aliases: ids, max_severity: score }],
          },
        ],
      },
    ],
    experimental_config: { licenses: { summary: false, allowlist: null } },
  };
}

/** A SARIF log of one run. */
export function sarif(
  results: readonly object[],
  { driver = {}, run = {} }: { readonly driver?: object; readonly run?: object } = {},
): object {
  return {
    version: "2.1.0",
    runs: [{ tool: { driver: { name: "Gitleaks", version: "8.30.1", ...driver } }, results, ...run }],
  };
}
