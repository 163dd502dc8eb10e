import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import type { Architecture } from "../function-settings";
import type { Files } from "./zip";

/** `e_machine` of an ELF file. @see https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
const MACHINES: Readonly<Record<number, string>> = {
  3: "32-bit x86",
  40: "32-bit ARM",
  62: "x86_64",
  183: "arm64",
};

/** How files of machine code begin that are not for Linux. */
const FOREIGN: readonly (readonly [start: string, what: string])[] = [
  ["cffaedfe", "macOS"],
  ["cafebabe", "macOS"],
  ["4d5a", "Windows"],
];

/**
 * What a file of machine code is for, e.g. `arm64`, or `macOS`.
 *
 * @returns undefined of a file that is none.
 */
export function machineOf(content: Uint8Array): string | undefined {
  const view = Buffer.from(content.buffer, content.byteOffset, Math.min(content.length, 64));
  if (view.subarray(0, 4).equals(Buffer.from("\x7fELF", "latin1")) && view.length >= 20) {
    const machine = view[5] === 2 ? view.readUInt16BE(18) : view.readUInt16LE(18);
    return MACHINES[machine] ?? `machine ${machine}`;
  }
  const start = view.toString("hex");
  return FOREIGN.find(([bytes]) => start.startsWith(bytes))?.[1];
}

/** The files that are loaded as machine code, by their names. */
const LOADED = /\.node$|\.so(?:\.[\d.]+)?$|(?:^|\/)bootstrap$/;

/** @throws CliError when a zip has machine code that the function's processor does not run. */
export function checkMachines(service: string, files: Files, architecture: Architecture): void {
  const wrong = Object.entries(files).flatMap(([path, content]) => {
    if (!LOADED.test(path)) return [];
    const machine = machineOf(content);
    return machine === undefined || machine === architecture ? [] : [`${path} is for ${machine}`];
  });
  if (wrong.length === 0) return;
  throw new CliError(
    EXIT.FAILED,
    `service ${service} has machine code that a function on ${architecture} cannot load`,
    ...wrong.slice(0, 10),
    ...(wrong.length > 10 ? [`and ${wrong.length - 10} more`] : []),
    `put in what is for Linux on ${architecture}, or set "groundplan": { "architecture" } as the stack has it`,
  );
}
