import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";

/** One instruction of a Dockerfile, with the lines that it goes over made one. */
export interface Instruction {
  /** Number of its first line. */
  readonly line: number;

  /** In upper case, e.g. `FROM`. */
  readonly keyword: string;
  readonly value: string;
}

/** Reads the instructions of a Dockerfile; comments and directives are left out. */
export function readDockerfile(text: string): readonly Instruction[] {
  const found: Instruction[] = [];
  let open: { line: number; text: string } | undefined;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(raw)) continue;
    open ??= { line: index + 1, text: "" };
    const goesOn = /\\\s*$/.test(raw);
    open.text += ` ${raw.replace(/\\\s*$/, "").trim()}`;
    if (goesOn) continue;
    const [, keyword = "", value = ""] = /^(\S+)\s*([\s\S]*)$/.exec(open.text.trim()) ?? [];
    found.push({ line: open.line, keyword: keyword.toUpperCase(), value });
    open = undefined;
  }
  return found;
}

/** Names of the arguments that a Dockerfile takes. */
export function argumentsOf(instructions: readonly Instruction[]): readonly string[] {
  return instructions.filter(({ keyword }) => keyword === "ARG").map(({ value }) => nameAndValue(value)[0]);
}

/** What is wrong with a Dockerfile. */
export interface DockerfileFault {
  readonly line: number;
  readonly what: string;
  readonly instead: string;
}

/**
 * What keeps an image from being the same tomorrow, or gives its process more than it needs.
 *
 * @param given - arguments of the build, which stand in place of defaults.
 */
export function dockerfileFaults(
  instructions: readonly Instruction[],
  given: Readonly<Record<string, string>> = {},
): readonly DockerfileFault[] {
  const faults: DockerfileFault[] = [];
  const defaults: Record<string, string> = {};
  const stages = new Set<string>();
  let user: Instruction | undefined;
  let last: Instruction | undefined;
  for (const instruction of instructions) {
    const { line, keyword, value } = instruction;
    if (keyword === "ARG" && last === undefined) {
      const [name, text] = nameAndValue(value);
      defaults[name] = given[name] ?? text;
    }
    if (keyword === "ADD" && /(?:^|\s)(?:https?|ftp|git@|ssh):?/.test(value) && !/--checksum=/.test(value)) {
      faults.push({
        line,
        what: "ADD fetches what may be another file tomorrow",
        instead: "give its hash: ADD --checksum=sha256:…",
      });
    }
    if ((keyword === "ARG" || keyword === "ENV") && SECRET.test(nameAndValue(value)[0])) {
      faults.push({
        line,
        what: `${keyword} ${nameAndValue(value)[0]} would be readable in the image`,
        instead: "give a secret to the one RUN that needs it: RUN --mount=type=secret,id=…",
      });
    }
    if (keyword === "USER") user = instruction;
    if (keyword !== "FROM") continue;
    last = instruction;
    user = undefined;
    const [, reference = "", stage] = /^(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(value) ?? [];
    const image = substituted(reference, defaults);
    if (image !== "scratch" && !stages.has(image.toLowerCase()) && !/@sha256:[0-9a-f]{64}$/.test(image)) {
      faults.push({
        line,
        what: `base image ${image === "" ? reference : image} is not named by its digest: it may be another tomorrow`,
        instead: "write the digest behind it: <image>@sha256:<64 hex digits>, or give it with --base",
      });
    }
    if (stage !== undefined) stages.add(stage.toLowerCase());
  }
  if (last === undefined) {
    faults.push({ line: 1, what: "there is no FROM", instead: "begin a stage with FROM" });
  } else if (user === undefined || /^(?:0|root)(?::|$)/.test(substituted(user.value, defaults))) {
    faults.push({
      line: (user ?? last).line,
      what: "the process would run as root",
      instead: "end the last stage with a user by number, e.g. USER 1000:1000",
    });
  }
  return faults;
}

/** Names of variables that hold secrets. */
const SECRET = /(?:^|_)(?:PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIALS?|PRIVATE_KEY|API_KEY)(?:_|$)/i;

/** The name and the default of an argument, or the name and the value of a variable. */
function nameAndValue(value: string): readonly [string, string] {
  const [, name = "", text = ""] = /^([A-Za-z_]\w*)(?:[=\s]\s*"?([^"\s]*)"?)?/.exec(value) ?? [];
  return [name, text];
}

/** `$NAME` and `${NAME}` by their values; `${NAME:-default}` by the default where there is none. */
function substituted(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(
    /\$(?:(\w+)|\{(\w+)(?::-([^}]*))?\})/g,
    (_, plain: string | undefined, braced: string | undefined, fallback: string | undefined) =>
      values[plain ?? braced ?? ""] || (fallback ?? ""),
  );
}

/** @throws CliError with every fault of a Dockerfile. */
export function checkDockerfile(
  path: string,
  instructions: readonly Instruction[],
  given: Readonly<Record<string, string>>,
): void {
  const faults = dockerfileFaults(instructions, given);
  if (faults.length === 0) return;
  throw new CliError(
    EXIT.USAGE,
    `${path} makes no image that can be pinned`,
    ...faults.map(({ line, what, instead }) => `line ${line}: ${what}; ${instead}`),
  );
}
