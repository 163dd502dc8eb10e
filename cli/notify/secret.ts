import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { readInputFile } from "../input/file";

/** Properties of {@link secretOf}. */
export interface SecretProps {
  /** Variable that has it. */
  readonly variable: string;

  /** File that has it instead. */
  readonly file: string | undefined;
  readonly option: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Longest secret, in bytes. */
const LARGEST = 10_000;

/** A secret, of a file or a variable, and never of an argument; undefined when neither is there. */
export function secretOf({ variable, file, option, env }: SecretProps): string | undefined {
  if (file !== undefined) {
    const text = readInputFile(file, { bytes: LARGEST }, `name the file that has it with ${option}`)
      .toString()
      .trim();
    if (text !== "") return text;
    throw new CliError(EXIT.MISSING, `${file} is empty`, `write what ${variable} would have into it`);
  }
  const value = env[variable]?.trim();
  return value === undefined || value === "" ? undefined : value;
}

/** A secret that is an address. @throws CliError that does not show it. */
export function addressOf(text: string, where: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const local = url && ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  if (url && (url.protocol === "https:" || (url.protocol === "http:" && local))) return url;
  throw new CliError(
    EXIT.USAGE,
    `${where} holds no address: ${url ? `it begins with ${url.protocol}//` : "it is no URL"}`,
    "use the URL as Slack or PagerDuty shows it; it begins with https://",
  );
}
