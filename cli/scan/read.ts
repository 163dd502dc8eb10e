import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { InputError, readInput } from "../input/file";
import { at, decode, isArray, parseJson } from "../input/json";
import type { Results } from "./finding";
import { readCycloneDx } from "./readers/cyclonedx";
import { readGrype } from "./readers/grype";
import { readOsv } from "./readers/osv";
import { readSarif } from "./readers/sarif";
import { readTrivy } from "./readers/trivy";

/** Largest file that is read, in bytes. */
const LARGEST = 200_000_000;

/** The formats, by what only they have. */
const FORMATS: readonly {
  readonly is: (document: unknown) => boolean;
  readonly read: (document: unknown) => Results;
}[] = [
  { is: (document) => isArray(at(document, "runs")), read: readSarif },
  { is: (document) => at(document, "SchemaVersion") !== undefined, read: readTrivy },
  { is: (document) => at(document, "bomFormat") === "CycloneDX", read: readCycloneDx },
  { is: (document) => at(document, "matches") !== undefined, read: readGrype },
  // Without a package it writes `"results": null`, or `[]`; Checkov's own JSON has an object there.
  { is: (document) => isArray(at(document, "results")) || at(document, "results") === null, read: readOsv },
];

/**
 * Reads files of results, whatever scanners wrote them. None is taken for empty that cannot be read.
 *
 * @throws CliError that names every file that is none, and why.
 */
export function readScans(files: readonly string[]): readonly Results[] {
  const faults: string[] = [];
  const results = files.flatMap((file) => {
    try {
      return [readScan(file)];
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      faults.push(`${file}: ${error.message}`);
      return [];
    }
  });
  if (faults.length === 0) return results;
  throw new CliError(
    EXIT.USAGE,
    "results of a scan cannot be read, so nothing is said of them",
    ...faults,
    "name files of SARIF, or of the JSON of trivy, grype, osv-scanner or CycloneDX",
  );
}

function readScan(file: string): Results {
  // PowerShell's redirection begins a file with a mark.
  const document = parseJson(decode(readInput(file, { bytes: LARGEST })).replace(/^\uFEFF/, ""));
  const format = FORMATS.find(({ is }) => is(document));
  if (!format) throw new InputError("it is no format that is known");
  return format.read(document);
}
