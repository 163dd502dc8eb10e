import { plain } from "../process/run";

/** Addresses whose change Terraform says to be made, in what it printed. */
export function completed(output: string): readonly string[] {
  const found = plain(output).matchAll(
    /^(\S.*?): (?:Creation|Modifications|Destruction|Import) complete(?: after|\b)/gm,
  );
  return [
    ...new Set([...found].map(([, address = ""]) => address.replace(/ \(deposed object [0-9a-f]+\)$/, ""))),
  ];
}
