/** What an image reference says. */
export interface Reference {
  readonly registry: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;

  /** Whether it always means the same image: it names a digest. */
  readonly pinned: boolean;
}

/** The registry that is meant where none is named. */
const DEFAULT_REGISTRY = "docker.io";

/** @see https://github.com/distribution/reference */
const COMPONENT = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const FORM = new RegExp(
  `^(?<name>${COMPONENT}(?:/${COMPONENT})*)(?::(?<tag>\\w[\\w.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$`,
);

/** Longest reference that is read: 255 characters of a name, 128 of a tag, and a digest. */
const LONGEST = 512;

/** Reads an image reference; undefined when the text is none. */
export function readReference(text: string): Reference | undefined {
  if (text.length > LONGEST) return undefined;
  const [first = "", ...rest] = text.split("/");
  const names = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const registry = names ? first : DEFAULT_REGISTRY;
  if (!/^[A-Za-z0-9.-]+(?::\d{1,5})?$/.test(registry)) return undefined;
  const { name, tag, digest } = FORM.exec(names ? rest.join("/") : text)?.groups ?? {};
  if (name === undefined || name.length > 255) return undefined;
  return {
    registry,
    repository: !names && !name.includes("/") ? `library/${name}` : name,
    // A digest says more than a tag, so the default tag is of those without either.
    ...(tag === undefined ? (digest === undefined ? { tag: "latest" } : {}) : { tag }),
    ...(digest === undefined ? {} : { digest }),
    pinned: digest !== undefined,
  };
}
