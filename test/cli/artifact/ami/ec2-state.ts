/** An AMI as the server keeps it. */
export interface StoredImage {
  readonly id: string;
  readonly name: string;
  state: string;
  readonly created: string;
  readonly snapshots: readonly string[];
  readonly encrypted: boolean;
  isProtected: boolean;
  readonly permissions: Set<string>;
  readonly tags: Map<string, string>;

  /** Descriptions that it is still pending for. */
  pending: number;
}

export interface StoredSnapshot {
  readonly id: string;
  readonly created: string;
  readonly description: string;
  readonly tags: Map<string, string>;
  readonly volumes: Set<string>;
}

export interface StoredInstance {
  readonly id: string;
  readonly image: string;
  state: string;
  readonly launched: string;
  readonly tags: Map<string, string>;

  /** Name of its key pair, and ids of its security groups; it has these until it has ended. */
  key?: string;
  groups?: readonly string[];
}

/** A key pair or a security group. */
export interface StoredAccess {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Map<string, string>;
}

/** Whatever else names an AMI: who, which, since when. */
export interface StoredUse {
  readonly name: string;
  readonly images: readonly string[];
  readonly since: string;
}

const DAY = 86_400_000;

/** What there is in one Region. */
export class RegionState {
  readonly images = new Map<string, StoredImage>();
  readonly snapshots = new Map<string, StoredSnapshot>();
  readonly instances = new Map<string, StoredInstance>();
  readonly recycled = new Set<string>();

  /** Launch templates, each with the AMI of each version. */
  readonly templates: StoredUse[] = [];
  readonly groups: StoredUse[] = [];
  readonly configurations: StoredUse[] = [];
  readonly fleets: StoredUse[] = [];
  readonly spotFleets: StoredUse[] = [];
  readonly parameters = new Map<string, string>();

  /** Types of parameters that hold no AMI, and all values that a parameter has had. */
  readonly parameterTypes = new Map<string, string>();
  readonly parameterVersions = new Map<string, string[]>();

  /** Parameters that the role may not read. */
  readonly unreadable = new Set<string>();

  /** How often a parameter is read before AWS has looked at its AMI. */
  acceptanceTakes = 1;

  /** Values that AWS has not looked at yet. */
  readonly offered: { readonly name: string; readonly value: string; reads: number }[] = [];

  /** Whether a rule of the Recycle Bin holds AMIs. */
  keepsDeleted = false;
  blocksPublic = false;
  quota = 5;
  hasDefaultVpc = true;
  subnet = "subnet-1";

  /** Keys by their aliases. */
  readonly keys = new Map<string, { readonly state: string; readonly spec: string }>();
  isEnabled = true;
  encryptsAll = false;

  /** How often an image that is copied is described as pending; below 0 never. */
  copyTakes = 1;

  /** What a machine is as soon as it is started. */
  startsAs = "running";

  readonly keyPairs = new Map<string, StoredAccess>();
  readonly securityGroups = new Map<string, StoredAccess>();
  hasDefaultSubnets = true;
  private count = 0;

  constructor(
    readonly name: string,
    readonly other: (region: string) => RegionState,
  ) {}

  id(kind: string): string {
    this.count += 1;
    const place = [...this.name].reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) % 0xffff, 7);
    return `${kind}-${place.toString(16).padStart(4, "0")}${this.count.toString(16).padStart(13, "0")}`;
  }

  /** Adds an AMI. @param age - in days. */
  addImage(
    props: {
      readonly name: string;
      readonly age?: number;
      readonly tags?: Readonly<Record<string, string>>;
      readonly snapshots?: readonly string[];
      readonly encrypted?: boolean;
      readonly state?: string;
      readonly description?: string;
    },
    now = Date.now(),
  ): StoredImage {
    const id = this.id("ami");
    const created = new Date(now - (props.age ?? 0) * DAY).toISOString();
    const tags = new Map(Object.entries(props.tags ?? {}));
    const snapshots = props.snapshots ?? [
      this.addSnapshot(props.description ?? `Created by CreateImage(i-1) for ${id}`, tags, created).id,
    ];
    const image = {
      id,
      name: props.name,
      state: props.state ?? "available",
      created,
      snapshots,
      encrypted: props.encrypted ?? false,
      isProtected: false,
      permissions: new Set<string>(),
      tags,
      pending: 0,
    };
    this.images.set(id, image);
    return image;
  }

  addSnapshot(description: string, tags: ReadonlyMap<string, string>, created: string): StoredSnapshot {
    const one = {
      id: this.id("snap"),
      description,
      created,
      tags: new Map(tags),
      volumes: new Set<string>(),
    };
    this.snapshots.set(one.id, one);
    return one;
  }

  addKeyPair(name: string, tags: ReadonlyMap<string, string> = new Map()): StoredAccess {
    const one = { id: this.id("key"), name, description: "", tags: new Map(tags) };
    this.keyPairs.set(one.id, one);
    return one;
  }

  addSecurityGroup(
    name: string,
    description: string,
    tags: ReadonlyMap<string, string> = new Map(),
  ): StoredAccess {
    const one = { id: this.id("sg"), name, description, tags: new Map(tags) };
    this.securityGroups.set(one.id, one);
    return one;
  }

  addInstance(image: string, tags: Readonly<Record<string, string>> = {}): StoredInstance {
    const one = {
      id: this.id("i"),
      image,
      state: "running",
      launched: "2026-01-02T03:04:05.000Z",
      tags: new Map(Object.entries(tags)),
    };
    this.instances.set(one.id, one);
    return one;
  }
}
