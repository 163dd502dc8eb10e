import { readFileSync } from "node:fs";
import { REQUIREMENTS } from "./install";

/** The version of a package that the emulators' requirements pin. */
export function pinnedVersion(name: string): string {
  const match = new RegExp(`^${name}==([^\\s;]+)`, "m").exec(readFileSync(REQUIREMENTS, "utf8"));
  return match?.[1] ?? "unknown";
}
