import RUNTIMES from "./runtimes.json";

/** What a function is written in. */
export type Language = "node" | "python" | "go";

/** Processor of a function, in Lambda's words. */
export type Architecture = "arm64" | "x86_64";

/** How a function is built, which its stack has to agree with. */
export interface FunctionSettings {
  readonly language: Language;

  /** Runtime of Lambda, e.g. `nodejs22.x`. */
  readonly runtime: string;

  /** File and export that handle an event, e.g. `index.handler`. */
  readonly handler: string;
  readonly architecture: Architecture;

  /** `type` of the `package.json`: which kind of modules its files are; undefined where it says nothing. */
  readonly moduleType: "module" | "commonjs" | undefined;

  /** Whether the bundle comes with a source map. */
  readonly sourceMap: boolean;

  /** Packages that are installed beside the bundle, and not a part of it. */
  readonly external: readonly string[];

  /** Package of a Go function's program, e.g. `./cmd/function`. */
  readonly main: string;
}

/** What a language has where a service says nothing. */
const DEFAULTS: Readonly<Record<Language, Pick<FunctionSettings, "runtime" | "handler">>> = {
  node: { runtime: "nodejs22.x", handler: "index.handler" },
  python: { runtime: "python3.13", handler: "main.handler" },
  go: { runtime: "provided.al2023", handler: "bootstrap" },
};

/** How the names of a language's runtimes begin. */
const FAMILY: Readonly<Record<Language, string>> = { node: "nodejs", python: "python", go: "provided" };

/** What is wrong with a setting, and what to write instead. */
export interface SettingFault {
  readonly what: string;
  readonly instead: string;
}

type Read = Readonly<Record<string, unknown>>;

/** Settings of a service that says nothing. */
export function defaultSettings(language: Language): FunctionSettings {
  const { runtime, handler } = DEFAULTS[language];
  return {
    language,
    runtime,
    handler,
    architecture: "arm64",
    moduleType: undefined,
    sourceMap: false,
    external: [],
    main: ".",
  };
}

/**
 * Reads how a function is built.
 *
 * @param groundplan - the settings: `groundplan` of `package.json`, or `groundplan.json`.
 * @param type - `type` of `package.json`.
 * @returns the settings, or the first fault.
 */
export function readFunctionSettings(
  language: Language,
  groundplan: Read,
  type: unknown,
): FunctionSettings | SettingFault {
  const defaults = defaultSettings(language);
  const {
    runtime = defaults.runtime,
    handler = defaults.handler,
    architecture = "arm64",
    sourceMap = false,
    external = [],
    main = ".",
  } = groundplan;
  const moduleType = type === "module" || type === "commonjs" ? type : undefined;
  if (typeof runtime !== "string" || !isCurrent(language, runtime)) return runtimeFault(language, runtime);
  if (typeof handler !== "string" || !/^[\w./-]+$/.test(handler)) {
    return {
      what: `"groundplan.handler" is ${JSON.stringify(handler)}`,
      instead: `use e.g. "${defaults.handler}"`,
    };
  }
  const handlerFault = handlerFaultOf(language, handler);
  if (handlerFault) return handlerFault;
  if (architecture !== "arm64" && architecture !== "x86_64") {
    return {
      what: `"groundplan.architecture" is ${JSON.stringify(architecture)}`,
      instead: 'use "arm64" or "x86_64", as the stack\'s ArtifactFunction',
    };
  }
  if (typeof sourceMap !== "boolean") {
    return { what: '"groundplan.sourceMap" is not true or false', instead: "write true" };
  }
  if (!Array.isArray(external) || !external.every((one) => typeof one === "string" && PACKAGE.test(one))) {
    return {
      what: '"groundplan.external" is not a list of packages of npm',
      instead: 'use e.g. "external": ["sharp"]',
    };
  }
  if (typeof main !== "string" || !/^\.(?:\/[\w-][\w.-]*)*$/.test(main)) {
    return {
      what: `"main" is ${JSON.stringify(main)}`,
      instead: 'use a package of the service, e.g. "./cmd/function"',
    };
  }
  return { ...defaults, runtime, handler, architecture, moduleType, sourceMap, external, main };
}

/** The name of a package of npm. */
const PACKAGE = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

/** A bundle is one file, `index`; a Go function is one file, `bootstrap`. */
function handlerFaultOf(language: Language, handler: string): SettingFault | undefined {
  const [file = "", name = "", ...more] = handler.split(".");
  if (language === "go") {
    return handler === "bootstrap"
      ? undefined
      : {
          what: `"groundplan.handler" is ${JSON.stringify(handler)}, and a Go function has only bootstrap`,
          instead: "leave it out",
        };
  }
  if (language === "python") {
    return /^[A-Za-z_][\w/]*(?:\.[A-Za-z_]\w*)+$/.test(handler)
      ? undefined
      : {
          what: `"groundplan.handler" is ${JSON.stringify(handler)}`,
          instead: 'name a file without its ending and a function of it, e.g. "main.handler"',
        };
  }
  return file === "index" && /^[A-Za-z_$][\w$]*$/.test(name) && more.length === 0
    ? undefined
    : {
        what: `"groundplan.handler" is ${JSON.stringify(handler)}, and the bundle is the file index`,
        instead: 'use "index." and the name of the export, e.g. "index.handler"',
      };
}

const UNTIL: Readonly<Record<string, string>> = RUNTIMES.until;

/** Whether AWS gave a runtime of a language patches on the day when the table was checked. */
function isCurrent(language: Language, runtime: string): boolean {
  return currentRuntimes(language).includes(runtime);
}

/** The runtimes of a language that AWS gave patches on the day when the table was checked. */
export function currentRuntimes(language: Language): readonly string[] {
  return Object.keys(UNTIL).filter(
    (name) => name.startsWith(FAMILY[language]) && (UNTIL[name] ?? "") > RUNTIMES.checked,
  );
}

function runtimeFault(language: Language, runtime: unknown): SettingFault {
  const ended = typeof runtime === "string" && Object.hasOwn(UNTIL, runtime) ? UNTIL[runtime] : undefined;
  const why =
    ended !== undefined && ended <= RUNTIMES.checked
      ? `which is deprecated since ${ended}`
      : `which is no runtime for ${language} that this version knows`;
  return {
    what: `"groundplan.runtime" is ${JSON.stringify(runtime)}, ${why}`,
    instead: `use one of ${currentRuntimes(language).join(", ")}`,
  };
}

/** The oldest Node that runs a bundle, in esbuild's words: `node22` of `nodejs22.x`. */
export function nodeTarget({ runtime }: Pick<FunctionSettings, "runtime">): string {
  return `node${/\d+/.exec(runtime)?.[0] ?? ""}`;
}
