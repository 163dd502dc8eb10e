import { type Ami, channelOf, imageOf, newestFirst } from "./ami";
import { nameParts } from "./names";
import type { Reference, References } from "./references";
import { TAG } from "./tags";

/** A snapshot of this account that a build made. */
export interface BuiltSnapshot {
  readonly id: string;

  /** When it was made, ISO 8601. */
  readonly created: string;

  /** What EC2 wrote of it: it names the AMI that it was made for. */
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** All of one Region that a plan looks at. */
export interface PruneFacts {
  /** Every AMI of the account, of other images and disabled ones too: any may need a snapshot. */
  readonly amis: readonly Ami[];
  readonly references: References;
  readonly snapshots: readonly BuiltSnapshot[];

  /** Ids of AMIs in the Recycle Bin: without their snapshots they could not be restored. */
  readonly recycled: ReadonlySet<string>;
}

/** What is to stay. */
export interface PruneWish {
  readonly image: string;

  /** Number of the newest development images, 0 or more. */
  readonly keep: number;

  /** What was made later stays. @default - none for that alone */
  readonly before?: Date;

  /** The time of the plan. */
  readonly now: Date;
}

/** An AMI that stays, and why. */
export interface KeptAmi {
  readonly ami: Ami;
  readonly reasons: readonly string[];
}

/** What would be removed of a Region. */
export interface PrunePlan {
  /** AMIs, the oldest first. */
  readonly remove: readonly Ami[];

  /** AMIs of the image that stay, the newest first. */
  readonly kept: readonly KeptAmi[];

  /** Snapshots that go once the AMIs are gone: no other AMI has them. */
  readonly snapshots: readonly string[];

  /** Snapshots of AMIs that are gone already, e.g. of a run that was killed between the two. */
  readonly orphans: readonly string[];
}

/** What a rule knows of an AMI. */
export interface Judged {
  readonly ami: Ami;
  readonly references: readonly Reference[];

  /** How many development images that can be started are newer. */
  readonly newer: number;
}

/** Why an AMI stays; nothing where the rule has nothing against its removal. */
export type KeepRule = (judged: Judged, wish: PruneWish) => readonly string[];

/** Milliseconds after which no build goes on: one that took longer has lost its credentials. */
export const LONGEST_BUILD = 12 * 3_600_000;

const isYoung = (time: string, than: number) => !(Date.parse(time) < than);

/** The rules. Any of them keeps an AMI. */
export const KEEP_RULES: Readonly<Record<string, KeepRule>> = {
  release: ({ ami }, { image }) => (isDevelopment(ami, image) ? [] : ["a release"]),
  public: ({ ami }) => (ami.isPublic ? ["public"] : []),
  used: ({ references }) => references.map(referenceText),
  shared: ({ ami }) => (ami.tags[TAG.shared] ? [`shared with ${ami.tags[TAG.shared]}`] : []),
  newest: ({ ami, newer }, { image, keep }) =>
    isDevelopment(ami, image) && ami.state === "available" && newer < keep ? [`newest ${keep}`] : [],
  protected: ({ ami }) => (ami.isProtected ? ["deregistration protection"] : []),
  underWay: ({ ami }, { now }) =>
    (ami.state === "pending" || ami.state === "transient") &&
    isYoung(ami.created, now.getTime() - LONGEST_BUILD)
      ? ["its build may go on"]
      : [],
  young: ({ ami }, { before }) =>
    before !== undefined && isYoung(ami.created, before.getTime()) ? ["too new"] : [],
};

/** Whether an AMI is of a commit: its tag and its name say so. A release that has lost a tag is none. */
function isDevelopment(ami: Ami, image: string): boolean {
  return channelOf(ami) === "dev" && nameParts(image, ami.name)?.channel === "dev";
}

/** A reference in words: who, and since when. */
export function referenceText({ what, since }: Reference): string {
  return since === undefined ? what : `${what} since ${since.slice(0, 10)}`;
}

/**
 * Which AMIs of an image nobody needs in a Region, and which snapshots go with them.
 *
 * @param rules - by default all; a test takes one away to see that it counts.
 */
export function prunePlan(
  { amis, references, snapshots, recycled }: PruneFacts,
  wish: PruneWish,
  rules: readonly KeepRule[] = Object.values(KEEP_RULES),
): PrunePlan {
  const own = amis.filter((ami) => imageOf(ami) === wish.image).sort(newestFirst);
  const kept: KeptAmi[] = [];
  const remove: Ami[] = [];
  let newer = 0;
  for (const ami of own) {
    const judged = { ami, references: references.get(ami.id) ?? [], newer };
    const reasons = [...new Set(rules.flatMap((rule) => rule(judged, wish)))];
    if (isDevelopment(ami, wish.image) && ami.state === "available") newer += 1;
    if (reasons.length > 0) kept.push({ ami, reasons });
    else remove.push(ami);
  }
  const removed = new Set(remove.map(({ id }) => id));
  const needed = new Set(amis.filter(({ id }) => !removed.has(id)).flatMap((ami) => ami.snapshots));
  const held = new Set(amis.flatMap((ami) => ami.snapshots));
  return {
    remove: remove.reverse(),
    kept,
    snapshots: [...new Set(remove.flatMap((ami) => ami.snapshots))].filter((id) => !needed.has(id)),
    orphans: snapshots
      .filter(
        (one) =>
          one.tags[TAG.image] === wish.image && !held.has(one.id) && isOrphan(one, amis, recycled, wish.now),
      )
      .map(({ id }) => id),
  };
}

/** Whether the AMI that a snapshot was made for is gone for good. What nobody knows stays. */
function isOrphan(
  { created, description, tags }: BuiltSnapshot,
  amis: readonly Ami[],
  recycled: ReadonlySet<string>,
  now: Date,
): boolean {
  // An image is registered after its snapshot: one that is being made has none yet.
  if (isYoung(created, now.getTime() - LONGEST_BUILD)) return false;
  if (tags[TAG.channel] !== "dev") return false;
  return !mayBeOf({ description }, recycled) && !amis.some(({ id }) => id === amiIn(description));
}

/** Whether a snapshot is of one of some AMIs, or nobody knows of which it is. */
export function mayBeOf(
  { description }: Pick<BuiltSnapshot, "description">,
  amis: ReadonlySet<string>,
): boolean {
  const made = amiIn(description);
  return made === undefined ? amis.size > 0 : amis.has(made);
}

/** `Created by CreateImage(i-…) for ami-…`, `Copied for DestinationAmi ami-… from SourceAmi ami-…`. */
function amiIn(description: string): string | undefined {
  return /\b(?:for|DestinationAmi) (ami-[0-9a-f]+)/.exec(description)?.[1];
}
