import { existsSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import { cdktfVersion, type Project, type Stack } from "../project/project";
import { LOCK_FILE, readLock } from "../terraform/lock/lock";
import type { LockedProvider } from "../terraform/lock/lock-file";
import { requirementsOf } from "../terraform/lock/requirements";
import { contentOf } from "./content";
import { NamedFiles } from "./named-files";

/** One side of a comparison: the base or the head, synthesized. */
export interface Side {
  readonly project: Project;

  /** Folder of the checkout. */
  readonly root: string;
  readonly stacks: readonly Stack[];
}

/** A stack without what carries no meaning. */
export interface NormalStack {
  /** Resources, data sources, outputs, providers and all else, by Terraform address. */
  readonly elements: ReadonlyMap<string, NormalElement>;

  /** Where the state lies, as canonical JSON. */
  readonly backend: string;

  /** The locked providers that the stack requires. */
  readonly providers: readonly LockedProvider[];

  /** Version of CDKTF. */
  readonly cdktf: string;
}

/** One block of a stack. */
export interface NormalElement {
  /** Canonical JSON of each argument. */
  readonly arguments: ReadonlyMap<string, string>;

  /** Digests of the files and folders that it names, by their normalised path. */
  readonly contents: ReadonlyMap<string, string>;
}

/** Blocks that have a type and a name, those that have a name, and how their addresses begin. */
const TYPED: Readonly<Record<string, string>> = { resource: "", data: "data." };
const NAMED: Readonly<Record<string, string>> = {
  module: "module.",
  output: "output.",
  variable: "variable.",
  provider: "provider.",
  locals: "local.",
  check: "check.",
};

/** Takes everything from a stack that carries no meaning: metadata, tool versions, and where the checkout is. */
export function normalize(side: Side, stack: Stack): NormalStack {
  const normal = new Normalizer(side, stack);
  const elements = new Map<string, NormalElement>();
  const { terraform, ...blocks } = stack.json as Readonly<Record<string, unknown>>;
  for (const [kind, value] of Object.entries(blocks)) {
    if (kind === "//") continue;
    for (const [address, block] of addressed(kind, value)) {
      // The file that a remote state names is no part of the code: whose state it is, is upstream.
      const isState = address.startsWith("data.terraform_remote_state.");
      elements.set(address, normal.element(block, !isState));
    }
  }
  const { backend, cloud, required_version: _, "//": _comment, ...settings } = object(terraform);
  for (const [key, value] of Object.entries(settings)) {
    elements.set(`terraform.${key}`, normal.element(value));
  }
  const addresses = new Set(requirementsOf([stack]).map(({ address }) => address));
  return {
    elements,
    backend: normal.canonical({ backend, cloud }),
    providers: readLock(join(side.project.root, LOCK_FILE)).filter(({ address }) => addresses.has(address)),
    cdktf: cdktfVersion(side.project),
  };
}

function addressed(kind: string, value: unknown): readonly (readonly [string, unknown])[] {
  const prefix = TYPED[kind];
  if (prefix !== undefined && isObject(value)) {
    return Object.entries(value).flatMap(([type, named]) =>
      isObject(named)
        ? Object.entries(named).map(([name, block]) => [`${prefix}${type}.${name}`, block] as const)
        : [[`${prefix}${type}`, named] as const],
    );
  }
  const beginning = NAMED[kind];
  if (beginning !== undefined && isObject(value)) {
    return Object.entries(value).map(([name, block]) => [`${beginning}${name}`, block] as const);
  }
  return [[kind, value]];
}

class Normalizer {
  private readonly digests = new Map<string, string>();
  private readonly root: string;
  private readonly rootInText: RegExp;
  private readonly named: NamedFiles;
  private readonly folder: string;

  constructor(
    private readonly side: Side,
    { folder, json: stack }: Pick<Stack, "folder" | "json">,
  ) {
    this.folder = folder;
    this.root = side.root;
    this.rootInText = new RegExp(`${side.root.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w.-])`, "g");
    this.named = new NamedFiles({ root: side.root, project: side.project.root, folder, stack });
  }

  /** @param hasFiles - whether the files count that it names. */
  element(block: unknown, hasFiles = true): NormalElement {
    const contents = new Map<string, string>();
    if (hasFiles) this.findContents(block, contents);
    const entries = isObject(block) ? Object.entries(block).filter(([key]) => key !== "//") : [["", block]];
    return {
      arguments: new Map(entries.map(([key, value]) => [String(key), this.canonical(value)])),
      contents,
    };
  }

  /** JSON with its keys in order and its paths made the same for every checkout. */
  canonical(value: unknown): string {
    return JSON.stringify(value, (_, item: unknown) => {
      if (typeof item === "string") return this.text(item);
      if (!isObject(item)) return item;
      return Object.fromEntries(Object.entries(item).sort(([one], [other]) => (one < other ? -1 : 1)));
    });
  }

  private text(text: string): string {
    return text
      .replaceAll(this.rootInText, "<repository>")
      .replaceAll(/\bassets\/([^/\s"]+)\/([^/\s"]+)/g, (path, id: string, hash: string) =>
        existsSync(join(this.folder, "assets", id, hash)) ? `assets/${id}/*` : path,
      );
  }

  private findContents(value: unknown, contents: Map<string, string>): void {
    if (typeof value === "string") {
      for (const path of this.named.find(value)) contents.set(this.label(path), this.digest(path));
    } else if (typeof value === "object" && value !== null) {
      for (const item of Object.values(value)) this.findContents(item, contents);
    }
  }

  /** How a file is named on both sides: from the stack's folder where it lies in it, else from the repository. */
  private label(path: string): string {
    const below = relative(this.folder, path);
    const isOutside = below === "" || below.startsWith("..") || isAbsolute(below);
    return this.text(isOutside ? path : below);
  }

  private digest(path: string): string {
    const known =
      this.digests.get(path) ?? contentOf(path, { root: this.root, omitted: this.side.project.output });
    this.digests.set(path, known);
    return known;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}
